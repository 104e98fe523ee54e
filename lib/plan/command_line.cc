#include "lib/plan/command_line.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/plan/environment.h"

namespace rules_dockerfile {

std::vector<std::string> CommandArgv(const CommandLine& command,
                                     const std::vector<std::string>& shell) {
  if (!command.shell_form) return command.args;
  std::vector<std::string> argv = shell;
  if (argv.empty()) argv = {"/bin/sh", "-c"};
  argv.insert(argv.end(), command.args.begin(), command.args.end());
  return argv;
}

std::string RunCreatedBy(const std::vector<std::string>& argv,
                         const std::vector<std::string>& args,
                         const std::vector<std::string>& environment) {
  std::vector<std::string> parts = {"RUN"};
  if (!args.empty()) parts.push_back(absl::StrCat("|", args.size()));
  for (const std::string& arg : args) {
    const Variable declared = SplitVariable(arg);
    parts.push_back(absl::StrCat(declared.name, "=",
                                 FindVariable(environment, declared.name)
                                     .value_or(std::string(declared.value))));
  }
  parts.insert(parts.end(), argv.begin(), argv.end());
  return absl::StrJoin(parts, " ") + " # buildkit";
}

}  // namespace rules_dockerfile
