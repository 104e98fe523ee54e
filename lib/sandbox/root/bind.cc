#include "lib/sandbox/root/bind.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include <cerrno>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

constexpr int kMountSetattr = 442;

// Makes the mount at `target`, and those below it, read-only.
bool MakeReadOnly(const std::string& target, unsigned long flags) {
  mount_attr attributes = {};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  if (flags & MS_NOSUID) attributes.attr_set |= MOUNT_ATTR_NOSUID;
  if (flags & MS_NODEV) attributes.attr_set |= MOUNT_ATTR_NODEV;
  if (flags & MS_NOEXEC) attributes.attr_set |= MOUNT_ATTR_NOEXEC;
  if (syscall(kMountSetattr, AT_FDCWD, target.c_str(), AT_RECURSIVE,
              &attributes, sizeof attributes) == 0) {
    return true;
  }
  // Before Linux 5.12. Flags that are set must be given again in a user
  // namespace.
  struct statvfs info;
  if (statvfs(target.c_str(), &info) < 0) return false;
  if (info.f_flag & ST_NOSUID) flags |= MS_NOSUID;
  if (info.f_flag & ST_NODEV) flags |= MS_NODEV;
  if (info.f_flag & ST_NOEXEC) flags |= MS_NOEXEC;
  if (info.f_flag & ST_NOATIME) flags |= MS_NOATIME;
  if (info.f_flag & ST_RELATIME) flags |= MS_RELATIME;
  return mount(nullptr, target.c_str(), nullptr,
               MS_BIND | MS_REMOUNT | MS_RDONLY | flags, nullptr) == 0;
}

}  // namespace

absl::Status MountError(absl::string_view what, absl::string_view target) {
  return absl::ErrnoToStatus(
      errno, absl::StrCat("cannot mount ", what, " on \"", target, "\""));
}

absl::Status Bind(const std::string& source, const std::string& target,
                  bool read_only, unsigned long flags) {
  if (mount(source.c_str(), target.c_str(), nullptr, MS_BIND | MS_REC,
            nullptr) < 0) {
    return MountError(source, target);
  }
  if (read_only && !MakeReadOnly(target, flags)) {
    return MountError("read-only", target);
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
