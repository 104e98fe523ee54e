#ifndef LIB_COPY_WORKDIR_STEP_H_
#define LIB_COPY_WORKDIR_STEP_H_

#include "absl/status/statusor.h"
#include "lib/copy/step_trees.h"
#include "lib/plan/build_state.h"

namespace rules_dockerfile {

// Carries out WORKDIR: creates the directory of `state`, the state after it, if
// it is missing, and its parents: 0755, owned by the state's user.
absl::StatusOr<StepTrees> ApplyWorkdir(const BuildState& state,
                                       const StepRootfs& rootfs);

}  // namespace rules_dockerfile

#endif  // LIB_COPY_WORKDIR_STEP_H_
