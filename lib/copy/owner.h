#ifndef LIB_COPY_OWNER_H_
#define LIB_COPY_OWNER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

struct Owner {
  int64_t uid = 0;
  int64_t gid = 0;

  friend bool operator==(const Owner&, const Owner&) = default;
};

// Who "user[:group]" is in `rootfs`, as --chown and WORKDIR see it (not RUN): a
// number is an id, and gid too without a group; "root" is 0; a name is looked
// up in etc/passwd (which has its gid as well) or etc/group, and a missing one
// is 0. InvalidArgument `uids and gids must be in range 0-2147483647` for a
// number beyond it, given or looked up: BuildKit takes a larger one for the
// name of an unknown user, which is root. FailedPrecondition for a name if
// symlinks lead from etc/passwd or etc/group to a file of another layer, whose
// text FileTree does not know.
absl::StatusOr<Owner> ResolveOwner(absl::string_view user_and_group,
                                   const FileTree& rootfs);

// The same where no rootfs exists (`FROM scratch` without a layer, COPY
// --link). InvalidArgument for names: `invalid user index: -1`.
absl::StatusOr<Owner> ResolveOwnerByNumber(absl::string_view user_and_group);

}  // namespace rules_dockerfile

#endif  // LIB_COPY_OWNER_H_
