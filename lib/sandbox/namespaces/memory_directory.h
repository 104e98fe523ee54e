#ifndef LIB_SANDBOX_NAMESPACES_MEMORY_DIRECTORY_H_
#define LIB_SANDBOX_NAMESPACES_MEMORY_DIRECTORY_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"

namespace rules_dockerfile {

// The options with which a tmpfs holds at most `size` bytes; 0: nine tenths of
// the memory. Inodes, names and extended attributes are bounded like data, and
// statfs(2) counts them: by default the kernel does not count what is mounted
// without a limit.
std::string MemoryOptions(int64_t size);

// A directory in memory, the root of a mount namespace that no process is in:
// no path of the host leads there, only this object and copies of it in forked
// processes. It is gone with the last of them. Movable.
class MemoryDirectory {
 public:
  using Task = absl::FunctionRef<absl::StatusOr<std::string>()>;

  // Its files keep owners as `owners` says, so the namespace is this user's, or
  // belongs to a user namespace as EnterUserNamespace() creates it. It holds at
  // most `size` bytes; 0: nine tenths of the memory. An error if the host
  // allows none. This process must have no threads.
  static absl::StatusOr<MemoryDirectory> Create(OwnerStore owners,
                                                int64_t size);

  OwnerStore owners() const { return owners_; }

  // Runs `task` in a child process whose root directory it is, where the task
  // finds nothing of the host, and returns what that returns.
  absl::StatusOr<std::string> Run(Task task) const;

  // Calls `task` as Run() does. Returns a mount, read-only and attached
  // nowhere, of the directory whose path the task returned: move_mount(2)
  // attaches it once, and nothing above is in reach.
  absl::StatusOr<UniqueFd> OpenReadOnly(Task task) const;

  // The same, writable.
  struct Writable {
    UniqueFd mount;
    // The directory, open, with a shared lock (flock(2)), which was there
    // before the task's process ended.
    UniqueFd lock;
    std::string path;  // what the task returned
  };
  absl::StatusOr<Writable> OpenWritable(Task task) const;

  // Adds the descriptors with which a process could enter it.
  void AddDescriptors(std::vector<int>& fds) const;

 private:
  MemoryDirectory(OwnerStore owners, UniqueFd users, UniqueFd mounts)
      : owners_(owners), users_(std::move(users)), mounts_(std::move(mounts)) {}

  absl::Status Enter() const;

  OwnerStore owners_;
  UniqueFd users_;  // the user namespace; none with kReal
  UniqueFd mounts_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_NAMESPACES_MEMORY_DIRECTORY_H_
