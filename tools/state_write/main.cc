// Evaluates the instructions at the beginning of a stage:
// docs/design/0001_artifacts.md, "Build state".
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/plan/build_state.h"
#include "lib/plan/environment.h"
#include "lib/plan/evaluate_stage.h"
#include "lib/worker/action_tool.h"

ABSL_FLAG(std::string, state, "",
          "build state before the instructions; without it, that of a stage "
          "FROM --config or scratch");
ABSL_FLAG(std::string, config, "", "config of the image that FROM names");
RULES_DOCKERFILE_REPEATED_FLAG(onbuild,
                               "ONBUILD trigger that the image must have");
ABSL_FLAG(std::string, platform, "", "platform of FROM, such as linux/amd64");
RULES_DOCKERFILE_REPEATED_FLAG(
    instruction, "text of an instruction to evaluate, NAME.instruction");
RULES_DOCKERFILE_REPEATED_FLAG(build_arg, "NAME=VALUE of a build argument");
RULES_DOCKERFILE_REPEATED_FLAG(global_arg,
                               "NAME=VALUE of an ARG before the first FROM");
ABSL_FLAG(std::string, state_out, "", "build state to write");

namespace rules_dockerfile {
namespace {

absl::Status WriteState() {
  ABSL_ASSIGN_OR_RETURN(const std::string state_out,
                        RequiredFlag(FLAGS_state_out));
  const StageStart start = {.state = absl::GetFlag(FLAGS_state),
                            .config = absl::GetFlag(FLAGS_config),
                            .onbuild = FLAGS_onbuild_values(),
                            .platform = absl::GetFlag(FLAGS_platform)};
  ABSL_ASSIGN_OR_RETURN(
      const StageEvaluation stage,
      EvaluateStage(start, {.files = FLAGS_instruction_values()},
                    {.build_args = ValuesByName(FLAGS_build_arg_values()),
                     .global_args = ValuesByName(FLAGS_global_arg_values())}));
  return WriteFile(state_out, BuildStateToJson(stage.state));
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "state_write",
      "Evaluates FROM and instructions that change no files, and writes what "
      "later instructions can see.",
      argc, argv, rules_dockerfile::WriteState);
}
