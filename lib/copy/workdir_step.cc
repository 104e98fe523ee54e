#include "lib/copy/workdir_step.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/copy/owner.h"
#include "lib/copy/step_trees.h"
#include "lib/copy/target_tree.h"
#include "lib/plan/build_state.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {

absl::StatusOr<StepTrees> ApplyWorkdir(const BuildState& state,
                                       const StepRootfs& rootfs) {
  ABSL_ASSIGN_OR_RETURN(const std::optional<Owner> owner,
                        StepOwner(state.user, rootfs.tree, rootfs.has_layers));
  TargetTree target(rootfs.tree, owner, rootfs.times.now);
  ABSL_ASSIGN_OR_RETURN(const std::string directory,
                        rootfs.tree.Resolve(CleanTarPath(state.workdir), true));
  ABSL_RETURN_IF_ERROR(
      target.MakeDirectories(directory, 0755, owner.value_or(Owner())));
  return StepTrees{.lower = rootfs.tree, .upper = std::move(target.tree())};
}

}  // namespace rules_dockerfile
