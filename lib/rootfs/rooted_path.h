#ifndef LIB_ROOTFS_ROOTED_PATH_H_
#define LIB_ROOTFS_ROOTED_PATH_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// Paths of an image, in a directory that is taken as the root. They are walked
// one name at a time, each in the descriptor of the directory before it, so
// whatever another process renames or replaces meanwhile: nothing outside of
// the root is reached. Symlinks are read and followed in the root; ".." and
// absolute ones never leave it. Magic links of procfs are not followed.

// Where a path leads.
struct RootedPlace {
  std::string path;    // relative and clean, without links; "" is the root
  std::string name;    // the last one of `path`
  UniqueFd directory;  // that holds it, O_PATH; none if missing, or the root
  UniqueFd file;       // itself, no symlink, to name it by; none if missing
};

// What comes after the first missing part is kept as it is. InvalidArgument
// after 255 symlinks.
absl::StatusOr<RootedPlace> FindInRoot(int root_fd, absl::string_view path);

struct MadePlace {
  RootedPlace place;
  std::vector<RootedPlace> made;  // the topmost first
};

enum class RootedKind { kDirectory, kFile };

// Makes what is missing: the file (0644) or directory (0755), and the
// directories (0755) above it. Existing files are left as they are.
absl::StatusOr<MadePlace> MakeInRoot(int root_fd, absl::string_view path,
                                     RootedKind kind);

// Makes the directories above it alone; `place.directory` is open. For the root
// itself it is not set.
absl::StatusOr<MadePlace> MakeParentInRoot(int root_fd, absl::string_view path);

// As openat(2) with O_CLOEXEC, for existing files: follows symlinks in the
// root. ELOOP if the path leads through a magic link.
UniqueFd OpenInRoot(int root_fd, const std::string& path, int flags);

// As openat(2) with O_CLOEXEC and O_NOFOLLOW, for a path that has no links: if
// a directory of it is a symlink it fails with ELOOP or ENOTDIR. "" is
// `root_fd`.
UniqueFd OpenBelow(int root_fd, const std::string& path, int flags);

}  // namespace rules_dockerfile

#endif  // LIB_ROOTFS_ROOTED_PATH_H_
