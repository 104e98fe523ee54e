#include "lib/plan/evaluate.h"

#include <variant>

#include "absl/functional/overload.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/plan/build_state.h"
#include "lib/plan/evaluate_config.h"
#include "lib/plan/evaluate_variables.h"
#include "lib/plan/evaluation.h"

namespace rules_dockerfile {

absl::StatusOr<Evaluation> EvaluateInstruction(const InstructionText& text,
                                               const BuildState& state,
                                               const EvaluateOptions& options) {
  using Result = absl::StatusOr<Evaluation>;
  const char escape = text.escape;
  const auto not_metadata = [&text]() -> Result {
    return absl::InvalidArgumentError(
        absl::StrCat("expected an instruction that changes no files, got ",
                     Keyword(text.instruction)));
  };
  return std::visit(absl::Overload{
                        [&](const FromInstruction&) { return not_metadata(); },
                        [&](const RunInstruction&) { return not_metadata(); },
                        [&](const CopyInstruction&) { return not_metadata(); },
                        [&](const EnvInstruction& body) {
                          return EvaluateEnv(body, state, escape);
                        },
                        [&](const LabelInstruction& body) {
                          return EvaluateLabel(body, state, escape);
                        },
                        [&](const ArgInstruction& body) {
                          return EvaluateArg(body, state, escape, options);
                        },
                        [&](const CmdInstruction& body) -> Result {
                          return EvaluateCmd(body, state);
                        },
                        [&](const EntrypointInstruction& body) -> Result {
                          return EvaluateEntrypoint(body, state);
                        },
                        [&](const ShellInstruction& body) -> Result {
                          return EvaluateShell(body, state);
                        },
                        [&](const WorkdirInstruction& body) {
                          return EvaluateWorkdir(body, state, escape);
                        },
                        [&](const UserInstruction& body) {
                          return EvaluateUser(body, state, escape);
                        },
                        [&](const ExposeInstruction& body) {
                          return EvaluateExpose(body, state, escape);
                        },
                        [&](const VolumeInstruction& body) {
                          return EvaluateVolume(body, state, escape);
                        },
                        [&](const StopsignalInstruction& body) {
                          return EvaluateStopsignal(body, state, escape);
                        },
                        [&](const MaintainerInstruction& body) -> Result {
                          return EvaluateMaintainer(body, state);
                        },
                        [&](const HealthcheckInstruction& body) -> Result {
                          return EvaluateHealthcheck(body, state);
                        },
                        [&](const OnbuildInstruction& body) -> Result {
                          return EvaluateOnbuild(body, state);
                        },
                    },
                    text.instruction.body);
}

}  // namespace rules_dockerfile
