#include "lib/sandbox/supervisor/owner_records.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/supervisor/target_process.h"

namespace rules_dockerfile {
namespace {

// Never blocks on a FIFO or a terminal that stands where a file was.
constexpr int kOpenToRead = O_RDONLY | O_NONBLOCK | O_NOCTTY;
// The longest record: two ids and two device numbers.
constexpr size_t kMaxRecord = 64;

}  // namespace

std::optional<RecordedOwner> ReadOwnerXattr(int fd) {
  char value[kMaxRecord];
  const ssize_t size = fgetxattr(fd, kOwnerXattr, value, sizeof value);
  if (size <= 0) return std::nullopt;
  return ParseRecordedOwner(absl::string_view(value, size));
}

std::optional<RecordedOwner> OwnerRecords::Find(const FileReference& file,
                                                const struct stat& info) {
  if (!KeepsOwnerXattr(info.st_mode)) return FindSpecial(info);
  const Inode inode = {info.st_dev, info.st_ino};
  {
    absl::MutexLock lock(mutex_);
    if (unrecorded_.contains(inode)) return std::nullopt;
  }
  const UniqueFd fd = file.Open(kOpenToRead);
  if (!fd.ok()) return std::nullopt;
  const std::optional<RecordedOwner> owner = ReadOwnerXattr(fd.get());
  if (!owner.has_value()) {
    absl::MutexLock lock(mutex_);
    unrecorded_.insert(inode);
  }
  return owner;
}

std::optional<RecordedOwner> OwnerRecords::FindSpecial(
    const struct stat& info) {
  absl::MutexLock lock(mutex_);
  const auto found = special_.find({info.st_dev, info.st_ino});
  if (found == special_.end()) return std::nullopt;
  return found->second.owner;
}

void OwnerRecords::Forget(const struct stat& info) {
  absl::MutexLock lock(mutex_);
  unrecorded_.erase({info.st_dev, info.st_ino});
}

int OwnerRecords::RecordOpen(int fd, const RecordedOwner& owner) {
  const std::string text = RecordedOwnerToText(owner);
  struct stat before;
  struct stat after;
  const bool known = fstat(fd, &before) == 0;
  if (fsetxattr(fd, kOwnerXattr, text.data(), text.size(), 0) < 0) {
    return errno;
  }
  if (known) Forget(before);
  // The overlay's copy-up may have changed the numbers.
  if (fstat(fd, &after) == 0) Forget(after);
  return 0;
}

int OwnerRecords::Record(const FileReference& file,
                         const RecordedOwner& owner) {
  const std::optional<struct stat> info = file.Stat();
  if (!info.has_value()) return errno;
  if (KeepsOwnerXattr(info->st_mode)) {
    const UniqueFd fd = file.Open(kOpenToRead);
    if (!fd.ok()) return errno;
    const int error = RecordOpen(fd.get(), owner);
    // The name may lead to a new inode after a copy-up.
    if (const auto now = file.Stat(); now.has_value()) Forget(*now);
    return error;
  }
  // Setting its own mtime copies a lower file up, so that it is in the upper
  // directory and keeps its inode number from here on.
  UniqueFd pin = file.Open(O_PATH);
  if (!pin.ok()) return errno;
  const struct timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                                    info->st_mtim};
  utimensat(file.directory_fd, file.path.c_str(), times,
            file.follow ? 0 : AT_SYMLINK_NOFOLLOW);
  RecordLower(file, owner);
  return 0;
}

void OwnerRecords::RecordLower(const FileReference& file,
                               const RecordedOwner& owner) {
  UniqueFd pin = file.Open(O_PATH);
  const std::optional<struct stat> info = file.Stat();
  if (!pin.ok() || !info.has_value()) return;
  absl::MutexLock lock(mutex_);
  special_[{info->st_dev, info->st_ino}] = {owner, std::move(pin)};
}

}  // namespace rules_dockerfile
