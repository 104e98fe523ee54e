#include "lib/copy/step_trees.h"

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/copy/owner.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

absl::StatusOr<std::optional<Owner>> StepOwner(absl::string_view user,
                                               const FileTree& rootfs,
                                               bool has_users) {
  if (user.empty()) return std::nullopt;
  return has_users ? ResolveOwner(user, rootfs) : ResolveOwnerByNumber(user);
}

}  // namespace rules_dockerfile
