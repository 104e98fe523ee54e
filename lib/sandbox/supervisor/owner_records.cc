#include "lib/sandbox/supervisor/owner_records.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/supervisor/file_times.h"
#include "lib/sandbox/supervisor/target_file.h"

namespace rules_dockerfile {
namespace {

// The longest record: two ids and two device numbers.
constexpr size_t kMaxRecord = 64;

constexpr size_t kMaxDirectories = 512;  // each holds a descriptor
constexpr size_t kMaxFiles = 65536;

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
  uint64_t changes = 0;
  {
    absl::MutexLock lock(mutex_);
    if (unrecorded_.contains(inode)) return std::nullopt;
    const std::optional<RecordedOwner> known = FindKnown(info);
    if (known.has_value()) return known;
    changes = changes_;
  }
  UniqueFd fd;
  if (!file.is_open()) {
    fd = file.Open();
    if (!fd.ok()) return std::nullopt;
  }
  const std::optional<RecordedOwner> owner =
      ReadOwnerXattr(file.is_open() ? file.fd() : fd.get());
  absl::MutexLock lock(mutex_);
  // Another thread may have recorded something after this one had read.
  if (changes != changes_) return owner;
  if (!owner.has_value()) {
    unrecorded_.insert(inode);
  } else {
    Remember(file, *owner);
  }
  return owner;
}

std::optional<RecordedOwner> OwnerRecords::FindKnown(
    const struct stat& info) const {
  const Inode inode = {info.st_dev, info.st_ino};
  if (S_ISDIR(info.st_mode)) {
    const auto known = directories_.find(inode);
    if (known == directories_.end()) return std::nullopt;
    return known->second.owner;
  }
  const auto known = files_.find(inode);
  if (known == files_.end() || !SameTime(known->second.changed, info.st_ctim)) {
    return std::nullopt;
  }
  return known->second.owner;
}

void OwnerRecords::Remember(const TargetFile& file,
                            const RecordedOwner& owner) {
  const struct stat& info = file.info();
  const Inode inode = {info.st_dev, info.st_ino};
  if (S_ISDIR(info.st_mode)) {
    if (file.is_open()) return;
    if (directories_.size() >= kMaxDirectories) directories_.clear();
    directories_.insert_or_assign(inode, KnownDirectory{owner, file});
  } else if (IsSettled(info.st_ctim)) {
    if (files_.size() >= kMaxFiles) files_.clear();
    files_[inode] = {owner, info.st_ctim};
  }
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
  ++changes_;
  unrecorded_.erase({info.st_dev, info.st_ino});
  directories_.erase({info.st_dev, info.st_ino});
  files_.erase({info.st_dev, info.st_ino});
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
    if (file.is_open()) return RecordOpen(file.fd(), owner);
    const UniqueFd fd = file.Open();
    return fd.ok() ? RecordOpen(fd.get(), owner) : errno;
  }
  UniqueFd pin = file.Pin();
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
