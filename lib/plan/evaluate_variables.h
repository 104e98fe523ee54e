#ifndef LIB_PLAN_EVALUATE_VARIABLES_H_
#define LIB_PLAN_EVALUATE_VARIABLES_H_

#include "absl/status/statusor.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/plan/build_state.h"
#include "lib/plan/evaluation.h"

namespace rules_dockerfile {

// Evaluate the instructions of names and values (see evaluate.h).
absl::StatusOr<Evaluation> EvaluateEnv(const EnvInstruction& instruction,
                                       const BuildState& state, char escape);
absl::StatusOr<Evaluation> EvaluateLabel(const LabelInstruction& instruction,
                                         const BuildState& state, char escape);

// The value comes from the build arguments, else from the default, else from
// the global argument of that name; without any the argument is declared but
// unset.
absl::StatusOr<Evaluation> EvaluateArg(const ArgInstruction& instruction,
                                       const BuildState& state, char escape,
                                       const EvaluateOptions& options);

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_EVALUATE_VARIABLES_H_
