#include "lib/sandbox/namespaces/memory_directory.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>

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
  const std::string limit = size > 0 ? absl::StrCat(size) : std::string("50%");
  const std::string options =
      absl::StrCat("mode=0755,nr_inodes=0,size=", limit);
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

// Sends a read-only mount of the root directory over `socket`.
absl::Status SendRoot(int socket) {
  const UniqueFd root(static_cast<int>(
      syscall(kOpenTree, AT_FDCWD, "/", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
  if (!root.ok()) return Failed("open_tree");
  mount_attr attributes = {};
  attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV;
  if (syscall(kMountSetattr, root.get(), "", AT_EMPTY_PATH, &attributes,
              sizeof attributes) < 0) {
    return Failed("mount_setattr");
  }
  if (SendFd(socket, root.get())) return absl::OkStatus();
  return Failed("sendmsg");
}

}  // namespace

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
                         ABSL_RETURN_IF_ERROR(SendRoot(sockets.there.get()));
                         return task();
                       }).status());
  sockets.there.Close();
  UniqueFd root = ReceiveFd(sockets.here.get());
  if (!root.ok()) return Failed("recvmsg");
  return root;
}

}  // namespace rules_dockerfile
