#ifndef LIB_SANDBOX_ROOT_MOUNT_CALLS_H_
#define LIB_SANDBOX_ROOT_MOUNT_CALLS_H_

#include <sys/mount.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// Mounts by descriptors: move_mount(2). They return the root directory (or the
// file) of the mount, O_PATH, so that files in it can be reached without the
// path that it is mounted on.

// Flags of a mount that holds only data.
inline constexpr unsigned long kHardened = MS_NOSUID | MS_NODEV | MS_NOEXEC;

// `cannot mount <what> on "<target>"`, and errno.
absl::Status MountError(absl::string_view what, absl::string_view target);

// What is mounted, where, and how both are called in messages.
struct MountNames {
  std::string what;
  std::string target;
};

struct BindOptions {
  bool read_only = false;
  unsigned long flags = 0;  // MS_NOSUID, MS_NODEV, MS_NOEXEC
};

// Shows an open file or directory, and what is mounted below it, at
// `target_fd`.
absl::StatusOr<UniqueFd> Bind(int source_fd, int target_fd,
                              const MountNames& names,
                              const BindOptions& options);

// Attaches a mount that open_tree(2) or fsmount(2) made.
absl::Status AttachMount(int mount_fd, int target_fd, const MountNames& names);

// What is mounted on the directory, attached nowhere, without what is mounted
// below it.
absl::StatusOr<UniqueFd> CloneMount(const char* directory);

struct NewFileSystem {
  const char* type = "";
  const char* source = "";  // what /proc/mounts calls it
  // Name and value; without one it is a flag.
  std::vector<std::pair<std::string, std::string>> options;
  unsigned long flags = 0;  // MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, …
};

// Mounts a new file system at `target_fd`.
absl::StatusOr<UniqueFd> Mount(const NewFileSystem& file_system, int target_fd,
                               absl::string_view target);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_MOUNT_CALLS_H_
