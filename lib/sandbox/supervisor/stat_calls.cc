#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include <cerrno>
#include <cstdint>
#include <optional>

#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/machine/fake_clock.h"
#include "lib/sandbox/supervisor/file_calls.h"
#include "lib/sandbox/supervisor/notification.h"
#include "lib/sandbox/supervisor/target_file.h"

namespace rules_dockerfile {
namespace {

// The kernel shows ids that this user namespace does not map as these.
constexpr uint32_t kOverflowId = 65534;

mode_t DeviceType(char device) { return device == 'c' ? S_IFCHR : S_IFBLK; }

void ShowOwner(const RecordedOwner& owner, struct stat& info) {
  info.st_uid = static_cast<uid_t>(owner.uid);
  info.st_gid = static_cast<gid_t>(owner.gid);
  if (owner.device == 0) return;
  info.st_mode = (info.st_mode & 07777) | DeviceType(owner.device);
  info.st_rdev = makedev(owner.device_major, owner.device_minor);
}

void ShowOwner(const RecordedOwner& owner, struct statx& info) {
  info.stx_uid = static_cast<uint32_t>(owner.uid);
  info.stx_gid = static_cast<uint32_t>(owner.gid);
  if (owner.device == 0) return;
  info.stx_mode =
      static_cast<uint16_t>((info.stx_mode & 07777) | DeviceType(owner.device));
  info.stx_rdev_major = static_cast<uint32_t>(owner.device_major);
  info.stx_rdev_minor = static_cast<uint32_t>(owner.device_minor);
}

timespec ToTimespec(const statx_timestamp& time) {
  return {.tv_sec = static_cast<time_t>(time.tv_sec),
          .tv_nsec = static_cast<long>(time.tv_nsec)};
}

void SetTime(const timespec& time, statx_timestamp& result) {
  result.tv_sec = time.tv_sec;
  result.tv_nsec = static_cast<uint32_t>(time.tv_nsec);
}

}  // namespace

std::optional<RecordedOwner> FileCalls::ShownOwner(
    const TargetFile& file) const {
  const struct stat& info = file.info();
  std::optional<RecordedOwner> owner = Recorded(file);
  const bool unmapped =
      info.st_uid == kOverflowId || info.st_gid == kOverflowId;
  switch (store_) {
    case OwnerStore::kReal:
      return std::nullopt;
    case OwnerStore::kMapped:
      // A device node of the kernel's is one of the host's.
      if (S_ISCHR(info.st_mode) && unmapped) return RecordedOwner();
      if (!owner.has_value()) return std::nullopt;
      owner->uid = info.st_uid;
      owner->gid = info.st_gid;
      return owner;
    case OwnerStore::kRecorded:
      if (unmapped && !owner.has_value()) return RecordedOwner();
      return owner;
  }
  return std::nullopt;
}

std::optional<FileCalls::Shown> FileCalls::Shows(const TargetFile& file) const {
  const struct stat& info = file.info();
  Shown shown = {.owner = ShownOwner(file)};
  shown.shift_times = clock_ != nullptr;
  if (!shown.owner.has_value() && !shown.shift_times) return std::nullopt;
  return shown;
}

Answer FileCalls::Stat(const Notification& call) {
  std::optional<TargetFile> file;
  int buffer = 1;
  switch (call.call) {
    case SupervisedCall::kStat:
      file = Named(call, /*at=*/false, 0, /*follow=*/true);
      break;
    case SupervisedCall::kLstat:
      file = Named(call, /*at=*/false, 0, /*follow=*/false);
      break;
    case SupervisedCall::kFstat:
      file = call.target.Descriptor(call.Fd(0));
      break;
    default:
      file = NamedOrOpen(call, 1, call.Fd(3));
      buffer = 2;
      break;
  }
  if (!file.has_value()) return Answer::Continue();
  const std::optional<Shown> shown = Shows(*file);
  if (!shown.has_value()) return Answer::Continue();
  struct stat info = file->info();
  if (shown->shift_times) {
    // No command can set the time of a change: what was before the start, as in
    // a stored layer, is as if it was made for this command.
    info.st_mtim = clock_->Shift(info.st_mtim);
    info.st_ctim = clock_->Show(info.st_ctim);
    info.st_atim = clock_->Shift(info.st_atim);
  }
  if (shown->owner.has_value()) ShowOwner(*shown->owner, info);
  return Answer::Error(
      call.target.WriteValue(call.arguments[buffer], info) ? 0 : EFAULT);
}

Answer FileCalls::Statx(const Notification& call) {
  constexpr int kStatxFlags = AT_NO_AUTOMOUNT | AT_STATX_SYNC_TYPE;
  const std::optional<TargetFile> file = NamedOrOpen(call, 1, call.Fd(2));
  if (!file.has_value()) return Answer::Continue();
  const std::optional<Shown> shown = Shows(*file);
  if (!shown.has_value()) return Answer::Continue();
  struct statx extended;
  if (statx(file->fd(), "", (call.Fd(2) & kStatxFlags) | AT_EMPTY_PATH,
            call.Word(3), &extended) < 0) {
    return Answer::Continue();
  }
  if (shown->shift_times) {
    SetTime(clock_->Shift(ToTimespec(extended.stx_mtime)), extended.stx_mtime);
    SetTime(clock_->Show(ToTimespec(extended.stx_ctime)), extended.stx_ctime);
    SetTime(clock_->Shift(ToTimespec(extended.stx_atime)), extended.stx_atime);
    SetTime(clock_->Show(ToTimespec(extended.stx_btime)), extended.stx_btime);
  }
  if (shown->owner.has_value()) ShowOwner(*shown->owner, extended);
  return Answer::Error(
      call.target.WriteValue(call.arguments[4], extended) ? 0 : EFAULT);
}

}  // namespace rules_dockerfile
