#include "lib/sandbox/namespaces/memory_directory.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/process/child_process.h"
#include "lib/process/fd_passing.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/namespaces/namespaces.h"
#include "lib/sandbox/namespaces/owner_task.h"

namespace rules_dockerfile {
namespace {

// The same on every architecture. Newer than some C libraries' headers.
constexpr int kOpenTree = 428;
constexpr int kMountSetattr = 442;

// What the kernel counts for one, in bytes.
constexpr int64_t kInode = 1024;
// So that a small tmpfs is bounded by its data.
constexpr int64_t kFewInodes = 1024;

absl::Status Failed(absl::string_view operation) {
  return absl::ErrnoToStatus(
      errno, absl::StrCat("cannot make a directory in memory: ", operation));
}

absl::Status SendNamespace(int socket, const char* path) {
  const UniqueFd fd(open(path, O_RDONLY | O_CLOEXEC));
  if (fd.ok() && SendFd(socket, fd.get())) return absl::OkStatus();
  return Failed(path);
}

// Makes the namespaces of this process those of a new directory, and sends
// them over `socket`: users, if it has them, and mounts.
absl::Status MakeNamespaces(OwnerStore owners, int64_t size, int socket) {
  if (owners != OwnerStore::kReal) {
    ABSL_RETURN_IF_ERROR(EnterUserNamespace(owners));
    ABSL_RETURN_IF_ERROR(SendNamespace(socket, "/proc/self/ns/user"));
  }
  if (unshare(CLONE_NEWNS) < 0) return Failed("unshare");
  ABSL_RETURN_IF_ERROR(SendNamespace(socket, "/proc/self/ns/mnt"));
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0) {
    return Failed("mount --make-rprivate /");
  }
  const std::string options = MemoryOptions(size);
  // A directory that every host has; nothing needs it any more.
  if (mount("tmpfs", "/proc", "tmpfs", MS_NODEV, options.c_str()) < 0) {
    return Failed("mount tmpfs");
  }
  // Nothing of the host stays mounted here.
  if (chdir("/proc") < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
      umount2(".", MNT_DETACH) < 0) {
    return Failed("pivot_root");
  }
  return absl::OkStatus();
}

// A mount of a directory that is attached nowhere.
absl::StatusOr<UniqueFd> OpenMount(const std::string& path, bool read_only) {
  UniqueFd mount(static_cast<int>(syscall(
      kOpenTree, AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
  if (!mount.ok()) return Failed("open_tree");
  mount_attr attributes = {};
  attributes.attr_set = MOUNT_ATTR_NODEV | (read_only ? MOUNT_ATTR_RDONLY : 0);
  if (syscall(kMountSetattr, mount.get(), "", AT_EMPTY_PATH, &attributes,
              sizeof attributes) < 0) {
    return Failed("mount_setattr");
  }
  return mount;
}

absl::Status Send(int socket, const UniqueFd& fd) {
  if (SendFd(socket, fd.get())) return absl::OkStatus();
  return Failed("sendmsg");
}

}  // namespace

std::string MemoryOptions(int64_t size) {
  if (size <= 0) {
    struct sysinfo info = {};
    sysinfo(&info);
    size = static_cast<int64_t>(info.totalram) * info.mem_unit / 10 * 9;
  }
  return absl::StrCat("mode=0755,size=", size,
                      ",nr_inodes=", size / kInode + kFewInodes);
}

absl::StatusOr<MemoryDirectory> MemoryDirectory::Create(OwnerStore owners,
                                                        int64_t size) {
  ABSL_ASSIGN_OR_RETURN(SocketPair sockets, MakeSocketPair());
  ABSL_RETURN_IF_ERROR(RunInChild([&]() -> absl::StatusOr<std::string> {
                         ABSL_RETURN_IF_ERROR(
                             MakeNamespaces(owners, size, sockets.there.get()));
                         return "";
                       }).status());
  sockets.there.Close();
  UniqueFd users;
  if (owners != OwnerStore::kReal) users = ReceiveFd(sockets.here.get());
  UniqueFd mounts = ReceiveFd(sockets.here.get());
  if (!mounts.ok()) return Failed("recvmsg");
  return MemoryDirectory(owners, std::move(users), std::move(mounts));
}

absl::Status MemoryDirectory::Enter() const {
  if (users_.ok() && setns(users_.get(), CLONE_NEWUSER) < 0) {
    return Failed("setns");
  }
  // The root and working directories of this process become that of the
  // namespace.
  if (setns(mounts_.get(), CLONE_NEWNS) < 0) return Failed("setns");
  return absl::OkStatus();
}

absl::StatusOr<std::string> MemoryDirectory::Run(Task task) const {
  return RunInChild([&]() -> absl::StatusOr<std::string> {
    ABSL_RETURN_IF_ERROR(Enter());
    return task();
  });
}

absl::StatusOr<UniqueFd> MemoryDirectory::OpenReadOnly(Task task) const {
  ABSL_ASSIGN_OR_RETURN(SocketPair sockets, MakeSocketPair());
  ABSL_RETURN_IF_ERROR(Run([&]() -> absl::StatusOr<std::string> {
                         ABSL_ASSIGN_OR_RETURN(std::string path, task());
                         ABSL_ASSIGN_OR_RETURN(
                             const UniqueFd mount,
                             OpenMount(path, /*read_only=*/true));
                         ABSL_RETURN_IF_ERROR(Send(sockets.there.get(), mount));
                         return path;
                       }).status());
  sockets.there.Close();
  UniqueFd mount = ReceiveFd(sockets.here.get());
  if (!mount.ok()) return Failed("recvmsg");
  return mount;
}

absl::StatusOr<MemoryDirectory::Writable> MemoryDirectory::OpenWritable(
    Task task) const {
  ABSL_ASSIGN_OR_RETURN(SocketPair sockets, MakeSocketPair());
  ABSL_ASSIGN_OR_RETURN(
      std::string path, Run([&]() -> absl::StatusOr<std::string> {
        ABSL_ASSIGN_OR_RETURN(std::string path, task());
        ABSL_ASSIGN_OR_RETURN(const UniqueFd mount,
                              OpenMount(path, /*read_only=*/false));
        // In the mount, so that nothing above is in reach of it.
        const UniqueFd lock(
            openat(mount.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!lock.ok() || flock(lock.get(), LOCK_SH) < 0)
          return Failed("flock");
        ABSL_RETURN_IF_ERROR(Send(sockets.there.get(), mount));
        ABSL_RETURN_IF_ERROR(Send(sockets.there.get(), lock));
        return path;
      }));
  sockets.there.Close();
  UniqueFd mount = ReceiveFd(sockets.here.get());
  UniqueFd lock = ReceiveFd(sockets.here.get());
  if (!mount.ok() || !lock.ok()) return Failed("recvmsg");
  return Writable{std::move(mount), std::move(lock), std::move(path)};
}

void MemoryDirectory::AddDescriptors(std::vector<int>& fds) const {
  if (users_.ok()) fds.push_back(users_.get());
  fds.push_back(mounts_.get());
}

}  // namespace rules_dockerfile
