#include "lib/sandbox/supervisor/target_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {
namespace {

constexpr int kToOpen = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

}  // namespace

std::optional<TargetFile> TargetFile::Take(UniqueFd fd, int proc_fd) {
  struct stat info;
  if (!fd.ok() || fstat(fd.get(), &info) < 0) return std::nullopt;
  return TargetFile(std::make_shared<const UniqueFd>(std::move(fd)), info,
                    proc_fd);
}

std::optional<TargetFile> TargetFile::TakeOpen(UniqueFd fd, int proc_fd) {
  std::optional<TargetFile> file = Take(std::move(fd), proc_fd);
  if (!file.has_value()) return std::nullopt;
  const int flags = fcntl(file->fd(), F_GETFL);
  file->open_ = flags >= 0 && (flags & O_PATH) == 0;
  return file;
}

std::optional<TargetFile> TargetFile::LookAgain() const {
  TargetFile file = *this;
  if (fstat(fd(), &file.info_) < 0) return std::nullopt;
  return file;
}

std::optional<TargetFile> TargetFile::At(const TargetFile& directory,
                                         const std::string& name) {
  std::optional<TargetFile> file =
      Take(UniqueFd(openat(directory.fd(), name.c_str(),
                           O_PATH | O_NOFOLLOW | O_CLOEXEC)),
           directory.proc_fd_);
  if (file.has_value() && S_ISREG(file->info_.st_mode)) {
    file->directory_ = directory.fd_;
    file->name_ = name;
  }
  return file;
}

std::optional<TargetFile> TargetFile::LookAt(const TargetFile& directory,
                                             const std::string& name) {
  struct stat info;
  if (fstatat(directory.fd(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) < 0) {
    return std::nullopt;
  }
  if (!S_ISREG(info.st_mode)) return At(directory, name);
  TargetFile file(nullptr, info, directory.proc_fd_);
  file.directory_ = directory.fd_;
  file.name_ = name;
  return file;
}

std::optional<TargetFile> TargetFile::Hold() const {
  if (fd_ != nullptr) return *this;
  return At(TargetFile(directory_, info_, proc_fd_), name_);
}

std::string TargetFile::Link() const { return absl::StrCat("self/fd/", fd()); }

bool TargetFile::DependsOnWhoLooks() const {
  struct statfs info;
  return fstatfs(fd(), &info) < 0 || info.f_type == PROC_SUPER_MAGIC ||
         info.f_type == SYSFS_MAGIC;
}

bool TargetFile::IsReadOnly() const {
  struct statvfs info;
  return fstatvfs(fd(), &info) == 0 && (info.f_flag & ST_RDONLY) != 0;
}

void TargetFile::ChangeMode(mode_t mode) const {
  [[maybe_unused]] const int ignored =
      fchmodat(proc_fd_, Link().c_str(), mode, 0);
}

UniqueFd TargetFile::Pin() const {
  if (!open_) return UniqueFd(fcntl(fd(), F_DUPFD_CLOEXEC, 0));
  return UniqueFd(openat(proc_fd_, Link().c_str(), O_PATH | O_CLOEXEC));
}

UniqueFd TargetFile::Open() const {
  UniqueFd named = OpenByName();
  if (named.ok()) return named;
  return UniqueFd(openat(proc_fd_, Link().c_str(), kToOpen));
}

UniqueFd TargetFile::OpenByName() const {
  if (S_ISDIR(info_.st_mode)) {
    return UniqueFd(openat(fd(), ".", kToOpen | O_DIRECTORY));
  }
  if (directory_ == nullptr) return UniqueFd();
  UniqueFd named(
      openat(directory_->get(), name_.c_str(), kToOpen | O_NOFOLLOW));
  struct stat info;
  const bool same = named.ok() && fstat(named.get(), &info) == 0 &&
                    info.st_dev == info_.st_dev && info.st_ino == info_.st_ino;
  return same ? std::move(named) : UniqueFd();
}

}  // namespace rules_dockerfile
