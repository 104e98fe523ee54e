#ifndef LIB_SANDBOX_ROOT_ROOT_DIRECTORY_H_
#define LIB_SANDBOX_ROOT_ROOT_DIRECTORY_H_

#include <time.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/extract.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/namespaces/users.h"
#include "lib/sandbox/root/host_files.h"
#include "lib/sandbox/root/remove_tree.h"  // IWYU pragma: export
#include "lib/sandbox/root/system_mount.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The root directory of a command, mounted on `path`: an overlay of
// SandboxRootfs::lowers, or of what SandboxRootfs::fill() wrote, above a
// directory that holds only the missing mount points, below an empty upper
// directory. So no mount leaves a trace in the upper directory. Where the
// kernel cannot mount an overlay it is the filled directory itself.
struct RootDirectory {
  std::string scratch;  // absolute; holds the directories below
  std::string path;
  bool overlay = true;
  bool stacked = false;  // `lower` shows SandboxRootfs::lowers
  UniqueFd lower;        // what was filled
  UniqueFd upper;        // what changes; `lower` again without an overlay
  // With SandboxRootfs::scratch_mount: that directory, without what is mounted
  // in it.
  UniqueFd shared_scratch;
  UniqueFd own_trees;  // and the memory of TreeMounts, which is not shared
  SpecialOwners special_owners;                // of `lower`
  std::vector<std::string> made_mount_points;  // in `lower`, no overlay
  SystemMount sys;                             // none until it is mounted
  UniqueFd terminals;                          // the devpts; none until then
};

// Creates the root in a private mount namespace, with the mount points that
// `mounts` need. Without a scratch directory it is in a tmpfs over a directory
// that every host has, and nothing is left of it when the last process of the
// namespace ends.
absl::StatusOr<RootDirectory> MakeRootDirectory(
    const SandboxRootfs& rootfs, const std::vector<SandboxMount>& mounts,
    SandboxMode mode, const HostFiles& host_files);

// InvalidArgument if /proc, /sys or /dev of a root exists and is not a
// directory, as runc checks for the first two: a mount on a symlink ends up
// elsewhere.
absl::Status CheckSystemDirectories(int root_fd);

// Creates the command's working directory in the root if it is missing, each
// directory with mode 0755.
absl::Status MakeWorkingDirectory(const RootDirectory& root,
                                  const SandboxCommand& command,
                                  OwnerStore owners);

// What the names of the attributes begin with that the overlay of a root keeps
// in its upper directory.
absl::string_view OverlayXattrs(SandboxMode mode);

// Sets the owner of an open file or directory, as `owners` keeps it.
absl::Status SetOwner(int fd, const UserIds& user, OwnerStore owners);

// Sets the modification time of an open directory.
absl::Status SetModificationTime(int directory_fd, const timespec& time);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_ROOT_DIRECTORY_H_
