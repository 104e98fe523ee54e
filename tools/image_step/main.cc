#include <map>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "lib/base/tool.h"
#include "lib/plan/environment.h"
#include "lib/plan/step_files.h"
#include "lib/worker/action_tool.h"

ABSL_FLAG(std::string, instruction, "", "instruction text to evaluate");
ABSL_FLAG(std::string, state, "", "build state before the instruction");
RULES_DOCKERFILE_REPEATED_FLAG(build_arg, "NAME=VALUE of a build argument");
RULES_DOCKERFILE_REPEATED_FLAG(global_arg,
                               "NAME=VALUE of an ARG before the first FROM");
ABSL_FLAG(std::string, from_config, "",
          "evaluate FROM the image with this config");
RULES_DOCKERFILE_REPEATED_FLAG(onbuild,
                               "ONBUILD trigger that the image must have");
ABSL_FLAG(bool, scratch, false, "FROM scratch");
ABSL_FLAG(std::string, platform, "", "platform of FROM, such as linux/amd64");
ABSL_FLAG(std::string, state_out, "", "build state to write");
ABSL_FLAG(std::string, step_out, "", "step to write");

namespace rules_dockerfile {
namespace {

std::map<std::string, std::string> ByName(
    const std::vector<std::string>& entries) {
  std::map<std::string, std::string> values;
  for (const std::string& entry : entries) {
    const Variable variable = SplitVariable(entry);
    values[std::string(variable.name)] = std::string(variable.value);
  }
  return values;
}

absl::Status Run() {
  StepFileOptions options = {
      .instruction = absl::GetFlag(FLAGS_instruction),
      .state = absl::GetFlag(FLAGS_state),
      .arguments = {.build_args = ByName(FLAGS_build_arg_values()),
                    .global_args = ByName(FLAGS_global_arg_values())},
      .from_config = absl::GetFlag(FLAGS_from_config),
      .onbuild = FLAGS_onbuild_values(),
      .scratch = absl::GetFlag(FLAGS_scratch),
      .platform = absl::GetFlag(FLAGS_platform),
      .state_out = absl::GetFlag(FLAGS_state_out)};
  ABSL_ASSIGN_OR_RETURN(options.step_out, RequiredFlag(FLAGS_step_out));
  return MakeStepFiles(options);
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "image_step",
      "Evaluates an instruction that changes no files, or a FROM.", argc, argv,
      rules_dockerfile::Run);
}
