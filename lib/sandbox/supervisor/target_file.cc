#include "lib/sandbox/supervisor/target_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

std::optional<TargetFile> TargetFile::Take(UniqueFd fd, int proc_fd) {
  struct stat info;
  if (!fd.ok() || fstat(fd.get(), &info) < 0) return std::nullopt;
  return TargetFile(std::move(fd), info, proc_fd);
}

std::optional<TargetFile> TargetFile::At(int directory_fd,
                                         const std::string& name, int proc_fd) {
  return Take(UniqueFd(openat(directory_fd, name.c_str(),
                              O_PATH | O_NOFOLLOW | O_CLOEXEC)),
              proc_fd);
}

std::string TargetFile::Link() const {
  return absl::StrCat("self/fd/", fd_.get());
}

bool TargetFile::DependsOnWhoLooks() const {
  struct statfs info;
  return fstatfs(fd_.get(), &info) < 0 || info.f_type == PROC_SUPER_MAGIC ||
         info.f_type == SYSFS_MAGIC;
}

bool TargetFile::IsReadOnly() const {
  struct statvfs info;
  return fstatvfs(fd_.get(), &info) == 0 && (info.f_flag & ST_RDONLY) != 0;
}

void TargetFile::ChangeMode(mode_t mode) const {
  fchmodat(proc_fd_, Link().c_str(), mode, 0);
}

UniqueFd TargetFile::Open(int flags) const {
  return UniqueFd(openat(proc_fd_, Link().c_str(),
                         flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace rules_dockerfile
