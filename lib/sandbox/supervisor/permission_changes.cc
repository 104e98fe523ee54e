// What changes names, modes, times and attributes.

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/seccomp/syscall_policy.h"
#include "lib/sandbox/supervisor/notification.h"
#include "lib/sandbox/supervisor/owner_records.h"
#include "lib/sandbox/supervisor/path_walk.h"
#include "lib/sandbox/supervisor/permission_request.h"
#include "lib/sandbox/supervisor/permissions.h"
#include "lib/sandbox/supervisor/target_file.h"

namespace rules_dockerfile {
namespace {

using Call = SupervisedCall;

bool SameFile(const TargetFile& one, const TargetFile& other) {
  return one.info().st_dev == other.info().st_dev &&
         one.info().st_ino == other.info().st_ino;
}

// Whether `file` is `directory` or a directory above it.
bool IsAbove(const TargetFile& file, const TargetFile& directory) {
  if (!S_ISDIR(file.info().st_mode)) return false;
  if (SameFile(file, directory)) return true;
  UniqueFd here(openat(directory.fd(), ".", O_PATH | O_CLOEXEC));
  struct stat before = directory.info();
  while (here.ok()) {
    UniqueFd up(openat(here.get(), "..", O_PATH | O_CLOEXEC));
    struct stat info;
    if (!up.ok() || fstat(up.get(), &info) < 0) return false;
    if (info.st_dev == before.st_dev && info.st_ino == before.st_ino) {
      return false;  // the root directory
    }
    if (info.st_dev == file.info().st_dev &&
        info.st_ino == file.info().st_ino) {
      return true;
    }
    before = info;
    here = std::move(up);
  }
  return false;
}

enum class NewTimes {
  kAsTheyAre,
  kNow,
  kGiven,
};

// What utimensat(2) is asked for; kAsTheyAre if it cannot be read.
NewTimes ReadTimes(const Notification& call) {
  const uint64_t address = call.arguments[2];
  if (address == 0) return NewTimes::kNow;
  int64_t nanoseconds[2];
  if (call.call == SupervisedCall::kUtimensatShort) {
    int32_t times[4];
    if (!call.target.Read(address, times, sizeof times)) {
      return NewTimes::kAsTheyAre;
    }
    nanoseconds[0] = times[1];
    nanoseconds[1] = times[3];
  } else {
    int64_t times[4];
    if (!call.target.Read(address, times, sizeof times)) {
      return NewTimes::kAsTheyAre;
    }
    nanoseconds[0] = times[1];
    nanoseconds[1] = times[3];
  }
  const auto both = [&](int64_t value) {
    return nanoseconds[0] == value && nanoseconds[1] == value;
  };
  if (both(UTIME_OMIT)) return NewTimes::kAsTheyAre;
  return both(UTIME_NOW) ? NewTimes::kNow : NewTimes::kGiven;
}

}  // namespace

int PermissionRequest::ChangeNames(const TargetFile& directory) const {
  if (May(directory, kToWrite | kToSearch) || directory.IsReadOnly()) return 0;
  return EACCES;
}

int PermissionRequest::RemoveName(const WalkEnd& end) const {
  if (const int error = ChangeNames(*end.directory); error != 0) return error;
  if ((end.directory->info().st_mode & S_ISVTX) == 0) return 0;
  const bool kept =
      KeepsFile(AccessTo(*end.directory), AccessTo(*end.file), user_);
  return kept && !end.directory->IsReadOnly() ? EPERM : 0;
}

int PermissionRequest::CheckMake(Place place) {
  const bool directory =
      call_.call == Call::kMkdir || call_.call == Call::kMkdirat;
  const WalkEnd& end = Walk(place, LastPart::kName);
  if (!end.directory.has_value() || end.file.has_value()) return error_;
  if (!directory && end.slash) return 0;  // ENOENT
  return ChangeNames(*end.directory);
}

int PermissionRequest::CheckRemove(Place place, bool directory) {
  const WalkEnd& end =
      Walk(place, LastPart::kName,
           directory ? FoundFile::kHeld : FoundFile::kLookedAt);
  if (!end.directory.has_value() || !end.file.has_value()) return error_;
  if (!directory && end.slash) return 0;  // EISDIR, ENOTDIR
  return RemoveName(end);
}

int PermissionRequest::CheckRename() {
  const bool at = call_.call != Call::kRename;
  const Place from_place = at ? Place{.path = 1, .fd = 0} : Place{.path = 0};
  const Place to_place = at ? Place{.path = 3, .fd = 2} : Place{.path = 1};
  const unsigned flags =
      call_.call == Call::kRenameat2 ? call_.Word(4) : unsigned{0};
  const WalkEnd from = Walk(from_place, LastPart::kName, FoundFile::kLookedAt);
  if (!from.directory.has_value()) return error_;
  const WalkEnd& to = Walk(to_place, LastPart::kName, FoundFile::kLookedAt);
  if (!to.directory.has_value() || error_ != 0) return error_;
  if (!from.file.has_value()) return 0;
  const bool directory = S_ISDIR(from.file->info().st_mode);
  if (to.file.has_value()) {
    if ((flags & RENAME_NOREPLACE) != 0) return 0;
    if (SameFile(*from.file, *to.file)) return 0;
  } else if ((flags & RENAME_EXCHANGE) != 0) {
    return 0;
  }
  // ENOTDIR
  if (!directory && (from.slash || to.slash)) {
    return 0;
  }
  if (IsAbove(*from.file, *to.directory)) return 0;  // EINVAL
  if (to.file.has_value() && IsAbove(*to.file, *from.directory)) {
    return 0;  // ENOTEMPTY
  }
  if (const int error = RemoveName(from); error != 0) return error;
  const int error =
      to.file.has_value() ? RemoveName(to) : ChangeNames(*to.directory);
  if (error != 0) return error;
  if (SameFile(*from.directory, *to.directory)) return 0;
  // Its ".." becomes another.
  const auto moves = [this](const TargetFile& file) {
    return !S_ISDIR(file.info().st_mode) || May(file, kToWrite);
  };
  if (!moves(*from.file)) return EACCES;
  const bool exchanged = (flags & RENAME_EXCHANGE) != 0;
  return exchanged && !moves(*to.file) ? EACCES : 0;
}

int PermissionRequest::CheckLink() {
  const bool at = call_.call == Call::kLinkat;
  const bool follow = at && (call_.Word(4) & AT_SYMLINK_FOLLOW) != 0;
  const WalkEnd from = Walk(at ? Place{.path = 1, .fd = 0} : Place{.path = 0},
                            follow ? LastPart::kFollowed : LastPart::kItself);
  if (!from.file.has_value() && !from.in_proc) return error_;
  const WalkEnd& to =
      Walk(at ? Place{.path = 3, .fd = 2} : Place{.path = 1}, LastPart::kName);
  if (!to.directory.has_value() || to.file.has_value()) return error_;
  if (to.slash || to.directory->IsReadOnly()) return 0;
  if (from.file.has_value() && !MayLink(AccessTo(*from.file), user_)) {
    return EPERM;
  }
  return ChangeNames(*to.directory);
}

std::optional<TargetFile> PermissionRequest::FileOfMode() {
  switch (call_.call) {
    case Call::kChmod:
      return Find({.path = 0}, LastPart::kFollowed);
    case Call::kFchmod:
      return OpenFile(0);
    default:
      return FindAt({.path = 1, .fd = 0},
                    call_.call == Call::kFchmodat2 ? call_.Fd(3) : 0);
  }
}

std::optional<TargetFile> PermissionRequest::FileThatLosesSetgid() {
  const bool at =
      call_.call == Call::kFchmodat || call_.call == Call::kFchmodat2;
  if ((call_.Word(at ? 2 : 1) & S_ISGID) == 0) return std::nullopt;
  std::optional<TargetFile> file = FileOfMode();
  if (!file.has_value() || S_ISLNK(file->info().st_mode) ||
      user_.InGroup(AccessTo(*file).gid)) {
    return std::nullopt;
  }
  return file;
}

int PermissionRequest::CheckTimes() {
  std::optional<TargetFile> file;
  bool now = false;
  switch (call_.call) {
    case Call::kUtime:
    case Call::kUtimes:
      now = call_.arguments[1] == 0;
      file = Find({.path = 0}, LastPart::kFollowed);
      break;
    case Call::kFutimesat:
      now = call_.arguments[2] == 0;
      file = FindAt({.path = 1, .fd = 0}, 0);
      break;
    default: {
      const NewTimes times = ReadTimes(call_);
      if (times == NewTimes::kAsTheyAre) return 0;
      now = times == NewTimes::kNow;
      file = FindAt({.path = 1, .fd = 0}, call_.Fd(3));
      break;
    }
  }
  if (!now || !file.has_value()) return Change(file);
  if (Owns(AccessTo(*file), user_) || file->IsReadOnly()) return 0;
  return Use(file, kToWrite);
}

int PermissionRequest::CheckTruncate() {
  const std::optional<TargetFile> file = Find({.path = 0}, LastPart::kFollowed);
  if (!file.has_value()) return error_;
  // EISDIR, EINVAL, EROFS.
  if (!S_ISREG(file->info().st_mode) || file->IsReadOnly()) return 0;
  return Use(file, kToWrite);
}

std::optional<TargetFile> PermissionRequest::FileOfXattr() {
  switch (call_.call) {
    case Call::kSetxattr:
    case Call::kGetxattr:
    case Call::kRemovexattr:
      return Find({.path = 0}, LastPart::kFollowed);
    case Call::kLsetxattr:
    case Call::kLgetxattr:
    case Call::kLremovexattr:
      return Find({.path = 0}, LastPart::kItself);
    default:
      return OpenFile(0);
  }
}

int PermissionRequest::CheckXattr() {
  const std::optional<TargetFile> file = FileOfXattr();
  const std::optional<std::string> name =
      call_.target.ReadString(call_.arguments[1]);
  if (!file.has_value() || !name.has_value()) return error_;
  const bool reads = call_.call == Call::kGetxattr ||
                     call_.call == Call::kLgetxattr ||
                     call_.call == Call::kFgetxattr;
  const bool of_user = absl::StartsWith(*name, "user.");
  if (of_user && !KeepsOwnerXattr(file->info().st_mode)) return 0;  // EPERM
  if (reads) return of_user ? Use(file, kToRead) : 0;
  if (file->IsReadOnly()) return 0;
  if (!of_user) {
    // security.* requires a capability, an ACL the owner.
    return absl::StartsWith(*name, "security.") ? EPERM : Change(file);
  }
  const bool sticky =
      S_ISDIR(file->info().st_mode) && (file->info().st_mode & S_ISVTX) != 0;
  if (sticky && !Owns(AccessTo(*file), user_)) return EPERM;
  return Use(file, kToWrite);
}

}  // namespace rules_dockerfile
