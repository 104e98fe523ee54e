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
#include "lib/sandbox/supervisor/target_file.h"

namespace rules_dockerfile {
namespace {

// The longest record: two ids and two device numbers.
constexpr size_t kMaxRecord = 64;

bool SameTime(const timespec& one, const timespec& other) {
  return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

}  // namespace

std::optional<RecordedOwner> ReadOwnerXattr(int fd) {
  char value[kMaxRecord];
  const ssize_t size = fgetxattr(fd, kOwnerXattr, value, sizeof value);
  if (size <= 0) return std::nullopt;
  return ParseRecordedOwner(absl::string_view(value, size));
}

std::optional<RecordedOwner> OwnerRecords::Find(const TargetFile& file) {
  const struct stat& info = file.info();
  if (!KeepsOwnerXattr(info.st_mode)) return FindSpecial(info);
  const Inode inode = {info.st_dev, info.st_ino};
  {
    absl::MutexLock lock(mutex_);
    if (unrecorded_.contains(inode)) return std::nullopt;
    const auto known = directories_.find(inode);
    if (known != directories_.end() &&
        SameTime(known->second.changed, info.st_ctim)) {
      return known->second.owner;
    }
  }
  const UniqueFd fd = file.Open(O_RDONLY);
  if (!fd.ok()) return std::nullopt;
  const std::optional<RecordedOwner> owner = ReadOwnerXattr(fd.get());
  absl::MutexLock lock(mutex_);
  if (!owner.has_value()) {
    unrecorded_.insert(inode);
  } else if (S_ISDIR(info.st_mode)) {
    directories_[inode] = {*owner, info.st_ctim};
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
  directories_.erase({info.st_dev, info.st_ino});
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

int OwnerRecords::Record(const TargetFile& file, const RecordedOwner& owner) {
  if (KeepsOwnerXattr(file.info().st_mode)) {
    const UniqueFd fd = file.Open(O_RDONLY);
    return fd.ok() ? RecordOpen(fd.get(), owner) : errno;
  }
  UniqueFd pin(fcntl(file.fd(), F_DUPFD_CLOEXEC, 0));
  if (!pin.ok()) return errno;
  // Setting its own mtime copies a lower file up, so that it is in the upper
  // directory and keeps its inode number from here on.
  const struct timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                                    file.info().st_mtim};
  utimensat(pin.get(), "", times, AT_EMPTY_PATH);
  RecordLower(std::move(pin), owner);
  return 0;
}

void OwnerRecords::RecordLower(UniqueFd file, const RecordedOwner& owner) {
  struct stat info;
  if (!file.ok() || fstat(file.get(), &info) < 0) return;
  absl::MutexLock lock(mutex_);
  special_[{info.st_dev, info.st_ino}] = {owner, std::move(file)};
}

}  // namespace rules_dockerfile
