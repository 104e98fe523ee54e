#include "lib/dockerfile/stages/unused_arguments.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "lib/dockerfile/expand/env_key.h"
#include "lib/dockerfile/stages/global_scope.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/syntax/trigger.h"

namespace rules_dockerfile {
namespace {

void AddNames(const Instruction& instruction, std::set<std::string>& names) {
  if (const auto* arg = std::get_if<ArgInstruction>(&instruction.body)) {
    for (const BuildArgument& argument : arg->arguments) {
      names.insert(argument.name);
    }
  }
  if (const auto* onbuild =
          std::get_if<OnbuildInstruction>(&instruction.body)) {
    const absl::StatusOr<Instruction> trigger =
        ParseTrigger(onbuild->trigger, instruction.lines);
    if (trigger.ok()) AddNames(*trigger, names);
  }
}

}  // namespace

std::vector<std::string> UnusedArguments(
    const Dockerfile& dockerfile, const std::vector<std::string>& triggers,
    const std::map<std::string, std::string>& build_args) {
  std::set<std::string> taken = {"SOURCE_DATE_EPOCH"};
  for (std::string& name : NamesOf(AutomaticArgs(dockerfile, {}))) {
    taken.insert(std::move(name));
  }
  for (const Instruction& arg : dockerfile.global_args) AddNames(arg, taken);
  for (const Stage& stage : dockerfile.stages) {
    for (const Instruction& instruction : stage.instructions) {
      AddNames(instruction, taken);
    }
  }
  for (const std::string& text : triggers) {
    const absl::StatusOr<Instruction> trigger = ParseTrigger(text, {});
    if (trigger.ok()) AddNames(*trigger, taken);
  }
  std::vector<std::string> unused;
  for (const auto& [name, value] : build_args) {
    if (!taken.contains(name) && !IsProxyName(name) &&
        !absl::StartsWith(name, "BUILDKIT_")) {
      unused.push_back(name);
    }
  }
  return unused;
}

}  // namespace rules_dockerfile
