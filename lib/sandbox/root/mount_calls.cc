#include "lib/sandbox/root/mount_calls.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {
namespace {

// The same on every architecture. Newer than some C libraries' headers.
constexpr int kOpenTree = 428;
constexpr int kMoveMount = 429;
constexpr int kFsopen = 430;
constexpr int kFsconfig = 431;
constexpr int kFsmount = 432;
constexpr int kMountSetattr = 442;

unsigned Attributes(unsigned long flags) {
  constexpr std::pair<unsigned long, unsigned> kAttributes[] = {
      {MS_RDONLY, MOUNT_ATTR_RDONLY},
      {MS_NOSUID, MOUNT_ATTR_NOSUID},
      {MS_NODEV, MOUNT_ATTR_NODEV},
      {MS_NOEXEC, MOUNT_ATTR_NOEXEC},
      {MS_STRICTATIME, MOUNT_ATTR_STRICTATIME}};
  unsigned attributes = 0;
  for (const auto& [flag, attribute] : kAttributes) {
    if (flags & flag) attributes |= attribute;
  }
  return attributes;
}

bool Attach(int mount_fd, int target_fd) {
  return syscall(kMoveMount, mount_fd, "", target_fd, "",
                 MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0;
}

// Sets flags, MS_…, of an attached mount and of those below it.
bool SetFlags(const UniqueFd& mount, unsigned long flags) {
  mount_attr attributes = {};
  attributes.attr_set = Attributes(flags);
  if (syscall(kMountSetattr, mount.get(), "", AT_EMPTY_PATH | AT_RECURSIVE,
              &attributes, sizeof attributes) == 0) {
    return true;
  }
  // Before Linux 5.12. Flags that are set must be given again in a user
  // namespace.
  struct statvfs info;
  if (fstatvfs(mount.get(), &info) < 0) return false;
  if (info.f_flag & ST_NOSUID) flags |= MS_NOSUID;
  if (info.f_flag & ST_NODEV) flags |= MS_NODEV;
  if (info.f_flag & ST_NOEXEC) flags |= MS_NOEXEC;
  if (info.f_flag & ST_NOATIME) flags |= MS_NOATIME;
  if (info.f_flag & ST_RELATIME) flags |= MS_RELATIME;
  const std::string path = absl::StrCat("/proc/self/fd/", mount.get());
  return ::mount(nullptr, path.c_str(), nullptr, MS_BIND | MS_REMOUNT | flags,
                 nullptr) == 0;
}

bool Configure(const UniqueFd& context, unsigned command, const char* name,
               const char* value) {
  return syscall(kFsconfig, context.get(), command, name, value, 0) == 0;
}

bool SetOptions(const UniqueFd& context, const NewFileSystem& file_system) {
  if (!Configure(context, FSCONFIG_SET_STRING, "source", file_system.source)) {
    return false;
  }
  for (const auto& [name, value] : file_system.options) {
    const bool set = value.empty() ? Configure(context, FSCONFIG_SET_FLAG,
                                               name.c_str(), nullptr)
                                   : Configure(context, FSCONFIG_SET_STRING,
                                               name.c_str(), value.c_str());
    if (!set) return false;
  }
  return true;
}

}  // namespace

absl::Status MountError(absl::string_view what, absl::string_view target) {
  return absl::ErrnoToStatus(
      errno, absl::StrCat("cannot mount ", what, " on \"", target, "\""));
}

absl::StatusOr<UniqueFd> Bind(int source_fd, int target_fd,
                              const MountNames& names,
                              const BindOptions& options) {
  constexpr unsigned kFlags =
      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH;
  UniqueFd mount(static_cast<int>(syscall(kOpenTree, source_fd, "", kFlags)));
  if (!mount.ok() || !Attach(mount.get(), target_fd)) {
    return MountError(names.what, names.target);
  }
  const unsigned long flags =
      options.flags | (options.read_only ? MS_RDONLY : 0);
  if (flags != 0 && !SetFlags(mount, flags)) {
    return MountError(options.read_only ? "read-only" : "without devices",
                      names.target);
  }
  return mount;
}

absl::Status AttachMount(int mount_fd, int target_fd, const MountNames& names) {
  if (Attach(mount_fd, target_fd)) return absl::OkStatus();
  return MountError(names.what, names.target);
}

absl::StatusOr<UniqueFd> CloneMount(const char* directory) {
  UniqueFd mount(static_cast<int>(syscall(
      kOpenTree, AT_FDCWD, directory, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
  if (mount.ok()) return mount;
  return absl::ErrnoToStatus(
      errno, absl::StrCat("cannot clone the mount ", directory));
}

absl::StatusOr<UniqueFd> Mount(const NewFileSystem& file_system, int target_fd,
                               absl::string_view target) {
  const UniqueFd context(
      static_cast<int>(syscall(kFsopen, file_system.type, FSOPEN_CLOEXEC)));
  if (!context.ok() || !SetOptions(context, file_system) ||
      !Configure(context, FSCONFIG_CMD_CREATE, nullptr, nullptr)) {
    return MountError(file_system.type, target);
  }
  UniqueFd mount(
      static_cast<int>(syscall(kFsmount, context.get(), FSMOUNT_CLOEXEC,
                               Attributes(file_system.flags))));
  if (!mount.ok() || !Attach(mount.get(), target_fd)) {
    return MountError(file_system.type, target);
  }
  return mount;
}

}  // namespace rules_dockerfile
