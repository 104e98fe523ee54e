#ifndef LIB_PLAN_EVALUATE_CONFIG_H_
#define LIB_PLAN_EVALUATE_CONFIG_H_

#include "absl/status/statusor.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/plan/build_state.h"
#include "lib/plan/evaluation.h"

namespace rules_dockerfile {

// Evaluate the instructions that configure how a container of the image runs
// (see evaluate.h). CMD also marks its arguments as escaped, as the frontend
// does on all platforms; a step with Entrypoint drops an inherited Cmd
// (step.h).
Evaluation EvaluateCmd(const CmdInstruction& instruction,
                       const BuildState& state);
Evaluation EvaluateEntrypoint(const EntrypointInstruction& instruction,
                              const BuildState& state);
Evaluation EvaluateShell(const ShellInstruction& instruction,
                         const BuildState& state);
Evaluation EvaluateHealthcheck(const HealthcheckInstruction& instruction,
                               const BuildState& state);
Evaluation EvaluateMaintainer(const MaintainerInstruction& instruction,
                              const BuildState& state);
Evaluation EvaluateOnbuild(const OnbuildInstruction& instruction,
                           const BuildState& state);
absl::StatusOr<Evaluation> EvaluateUser(const UserInstruction& instruction,
                                        const BuildState& state, char escape);
absl::StatusOr<Evaluation> EvaluateExpose(const ExposeInstruction& instruction,
                                          const BuildState& state, char escape);
absl::StatusOr<Evaluation> EvaluateVolume(const VolumeInstruction& instruction,
                                          const BuildState& state, char escape);
absl::StatusOr<Evaluation> EvaluateStopsignal(
    const StopsignalInstruction& instruction, const BuildState& state,
    char escape);
absl::StatusOr<Evaluation> EvaluateWorkdir(
    const WorkdirInstruction& instruction, const BuildState& state,
    char escape);

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_EVALUATE_CONFIG_H_
