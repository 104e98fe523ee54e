#include "lib/dockerfile/stages/global_scope.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/expand/expand.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

std::string TargetStageName(const Dockerfile& dockerfile,
                            const GlobalScopeOptions& options) {
  if (!options.target.empty()) return options.target;
  const auto& last =
      std::get<FromInstruction>(dockerfile.stages.back().from.body);
  return last.stage_name.empty() ? "default" : last.stage_name;
}

}  // namespace

void SetVariable(absl::string_view name, absl::string_view value,
                 std::vector<std::string>& environment) {
  std::string entry = absl::StrCat(name, "=", value);
  const absl::string_view prefix =
      absl::string_view(entry).substr(0, name.size() + 1);
  for (std::string& existing : environment) {
    if (absl::StartsWith(existing, prefix)) {
      existing = std::move(entry);
      return;
    }
  }
  environment.push_back(std::move(entry));
}

std::vector<std::string> NamesOf(const std::vector<std::string>& environment) {
  std::vector<std::string> names;
  for (const std::string& entry : environment) {
    names.push_back(entry.substr(0, entry.find('=')));
  }
  return names;
}

std::vector<std::string> AutomaticArgs(const Dockerfile& dockerfile,
                                       const GlobalScopeOptions& options) {
  const Platform& build = options.build_platform;
  const Platform& target = options.target_platform;
  const std::vector<std::pair<absl::string_view, std::string>> defaults = {
      {"BUILDPLATFORM", FullPlatformText(build)},
      {"BUILDOS", build.os},
      {"BUILDOSVERSION", build.os_version},
      {"BUILDARCH", build.architecture},
      {"BUILDVARIANT", build.variant},
      {"TARGETPLATFORM", FullPlatformText(target)},
      {"TARGETOS", target.os},
      {"TARGETOSVERSION", target.os_version},
      {"TARGETARCH", target.architecture},
      {"TARGETVARIANT", target.variant},
      {"TARGETSTAGE", TargetStageName(dockerfile, options)},
  };
  std::vector<std::string> environment;
  for (const auto& [name, value] : defaults) {
    const auto given = options.build_args.find(std::string(name));
    SetVariable(name, given == options.build_args.end() ? value : given->second,
                environment);
  }
  return environment;
}

std::variant<std::vector<std::string>, Diagnostic> ExpandGlobalArgs(
    const Dockerfile& dockerfile, const GlobalScopeOptions& options) {
  std::vector<std::string> environment = AutomaticArgs(dockerfile, options);
  for (const Instruction& instruction : dockerfile.global_args) {
    const auto& arg = std::get<ArgInstruction>(instruction.body);
    for (const BuildArgument& argument : arg.arguments) {
      const auto given = options.build_args.find(argument.name);
      if (given != options.build_args.end()) {
        SetVariable(argument.name, given->second, environment);
      } else if (argument.default_value) {
        const absl::StatusOr<Expansion> value =
            ExpandWord(*argument.default_value, LookupIn(environment),
                       {.escape = dockerfile.directives.escape});
        if (!value.ok()) {
          return Diagnostic{.ranges = {instruction.lines},
                            .message = std::string(value.status().message())};
        }
        SetVariable(argument.name, value->text, environment);
      }
    }
  }
  return environment;
}

}  // namespace rules_dockerfile
