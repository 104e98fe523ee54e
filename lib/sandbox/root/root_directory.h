#ifndef LIB_SANDBOX_ROOT_ROOT_DIRECTORY_H_
#define LIB_SANDBOX_ROOT_ROOT_DIRECTORY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/extract.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/namespaces/users.h"
#include "lib/sandbox/root/host_files.h"
#include "lib/sandbox/root/system_mount.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The root directory of a command, mounted on `path`: an overlay of what
// SandboxSpec::fill_root() wrote, or of a snapshot of it, above a directory
// that holds nothing but the mount points that are missing, below an empty
// upper directory. So no mount leaves a trace in the upper directory. Where the
// kernel mounts no overlay it is the filled directory itself.
struct RootDirectory {
  std::string scratch;  // absolute; the directories below lie in it
  std::string path;
  bool overlay = true;
  bool snapshot = false;  // `lower` is SandboxSpec::snapshot
  UniqueFd lower;         // what was filled
  UniqueFd upper;         // what changes; `lower` again without an overlay
  SpecialOwners special_owners;                // of `lower`
  std::vector<std::string> made_mount_points;  // in `lower`, no overlay
  SystemMount sys;                             // none before MountInRoot()
  UniqueFd terminals;                          // the devpts; none before it
};

// Makes it, in a private mount namespace. With `scratch_directory` "" it lies
// in a tmpfs over a directory that every system has, and nothing is left of it
// when the last process of the namespace ends.
absl::StatusOr<RootDirectory> MakeRootDirectory(const SandboxSpec& spec,
                                                SandboxMode mode,
                                                const HostFiles& host_files);

// InvalidArgument if /proc, /sys or /dev of a root is there and no directory,
// as runc has it for the first two: what is mounted on a symlink is somewhere
// else.
absl::Status CheckSystemDirectories(int root_fd);

// Makes `cwd` in the root if it is missing, directories 0755 and owned by the
// user.
absl::Status MakeWorkingDirectory(const RootDirectory& root,
                                  const std::string& cwd, const UserIds& user,
                                  OwnerStore owners);

// Sets the owner of an open file or directory, as `owners` keeps it.
absl::Status SetOwner(int fd, const UserIds& user, OwnerStore owners);

// Removes all that the directory holds, whatever its modes. Follows no link.
void RemoveTree(int directory_fd);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_ROOT_DIRECTORY_H_
