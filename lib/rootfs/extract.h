#ifndef LIB_ROOTFS_EXTRACT_H_
#define LIB_ROOTFS_EXTRACT_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/layer/file_tree.h"
#include "lib/rootfs/recorded_owner.h"

namespace rules_dockerfile {

// Owners of the symlinks and FIFOs of an extracted tree that are not 0:0, by
// path.
using SpecialOwners = std::map<std::string, RecordedOwner>;

// Those of `tree`.
SpecialOwners SpecialOwnersOf(const FileTree& tree);

// Writes `tree` into the empty directory `directory_fd`. The data of a file
// with `source` s is in `layer_tars[s]` at its offset. Data, modes, mtimes
// (ns), links, hard links, FIFOs, devices, security.capability and the xattrs
// that IsSnapshotXattr() names (where the file system takes such) are as in the
// tree, whatever the umask; owners as `owners` says. With kRecorded the result
// is SpecialOwnersOf(tree), which the disk could not hold; with kReal it is
// empty. A kWhiteout node becomes overlayfs' mark of a deleted file. The tree's
// paths are clean and its parents directories, so nothing is
// written outside. Errors name the path; the directory then holds a part of the
// tree.
absl::StatusOr<SpecialOwners> ExtractTree(
    const FileTree& tree, absl::Span<const absl::string_view> layer_tars,
    OwnerStore owners, int directory_fd);

}  // namespace rules_dockerfile

#endif  // LIB_ROOTFS_EXTRACT_H_
