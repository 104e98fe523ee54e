#include "lib/sandbox/supervisor/permission_request.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>

#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/seccomp/syscall_policy.h"
#include "lib/sandbox/supervisor/credentials.h"
#include "lib/sandbox/supervisor/notification.h"
#include "lib/sandbox/supervisor/owner_records.h"
#include "lib/sandbox/supervisor/path_walk.h"
#include "lib/sandbox/supervisor/permissions.h"
#include "lib/sandbox/supervisor/target_file.h"

namespace rules_dockerfile {
namespace {

using Call = SupervisedCall;

// Whether it was made by pipe(2), without a name.
bool IsPipe(const TargetFile& file) {
  struct statfs info;
  return fstatfs(file.fd(), &info) == 0 && info.f_type == PIPEFS_MAGIC;
}

mode_t WantedBy(int flags) {
  mode_t wanted = (flags & O_TRUNC) != 0 ? kToWrite : 0;
  switch (flags & O_ACCMODE) {
    case O_RDONLY:
      return wanted | kToRead;
    case O_WRONLY:
      return wanted | kToWrite;
    default:
      return kToRead | kToWrite;
  }
}

}  // namespace

FileAccess AccessTo(const TargetFile& found, const ProcessCredentials& user,
                    OwnerRecords& owners) {
  const std::optional<TargetFile> file = found.Hold();
  if (!file.has_value()) {
    return {.mode = found.info().st_mode | 0777,
            .uid = user.uid.filesystem,
            .gid = user.gid.filesystem};
  }
  const RecordedOwner owner = owners.Find(*file).value_or(RecordedOwner());
  return {.mode = file->info().st_mode,
          .uid = static_cast<uint32_t>(owner.uid),
          .gid = static_cast<uint32_t>(owner.gid)};
}

const WalkEnd& PermissionRequest::Walk(Place place, LastPart last,
                                       FoundFile found) {
  walked_.emplace();
  const std::optional<std::string> path =
      call_.target.ReadString(call_.arguments[place.path]);
  if (!path.has_value()) return *walked_;
  *walked_ = WalkPath(call_.target,
                      place.fd < 0 ? AT_FDCWD : call_.Fd(place.fd), *path, last,
                      found, chrooted_, [this](const TargetFile& directory) {
                        return May(directory, kToSearch);
                      });
  if (walked_->refused) error_ = EACCES;
  return *walked_;
}

std::optional<TargetFile> PermissionRequest::Find(Place place, LastPart last) {
  return Walk(place, last).file;
}

std::optional<TargetFile> PermissionRequest::FindAt(Place place, int flags) {
  const uint64_t address = call_.arguments[place.path];
  if (address == 0) return OpenFile(place.fd);
  if ((flags & AT_EMPTY_PATH) != 0) {
    const std::optional<std::string> path = call_.target.ReadString(address);
    if (path.has_value() && path->empty()) return OpenFile(place.fd);
  }
  return Find(place, (flags & AT_SYMLINK_NOFOLLOW) != 0 ? LastPart::kItself
                                                        : LastPart::kFollowed);
}

void PermissionRequest::SearchAt(int flags) {
  constexpr Place kPlace = {.path = 1, .fd = 0};
  if (call_.arguments[kPlace.path] == 0) return;  // an open file
  Walk(kPlace, (flags & AT_SYMLINK_NOFOLLOW) != 0 ? LastPart::kItself
                                                  : LastPart::kFollowed);
}

std::optional<TargetFile> PermissionRequest::OpenFile(int argument) {
  std::optional<TargetFile> file = call_.target.Descriptor(call_.Fd(argument));
  if (!file.has_value()) return std::nullopt;
  // Files in memory, pipes, sockets and terminals belong to their creator,
  // which no record says.
  const struct stat& info = file->info();
  const bool named =
      info.st_nlink > 0 && (KeepsOwnerXattr(info.st_mode) ||
                            (S_ISFIFO(info.st_mode) && !IsPipe(*file)));
  if (!named && !owners_->Find(*file).has_value()) return std::nullopt;
  return file;
}

bool PermissionRequest::May(const TargetFile& file, mode_t wanted) const {
  return AllowsAll(file.info().st_mode, wanted) ||
         Allows(AccessTo(file), user_, wanted);
}

int PermissionRequest::Use(const std::optional<TargetFile>& file,
                           mode_t wanted) const {
  if (!file.has_value()) return error_;
  return May(*file, wanted) ? 0 : EACCES;
}

int PermissionRequest::Change(const std::optional<TargetFile>& file) const {
  if (!file.has_value()) return error_;
  return Owns(AccessTo(*file), user_) || file->IsReadOnly() ? 0 : EPERM;
}

int PermissionRequest::CheckSearch() {
  switch (call_.call) {
    case Call::kLchown:
    case Call::kLstat:
    case Call::kReadlink:
      Walk({.path = 0}, LastPart::kItself);
      break;
    case Call::kReadlinkat:
      Walk({.path = 1, .fd = 0}, LastPart::kItself);
      break;
    case Call::kFchownat:
      SearchAt(call_.Fd(4));
      break;
    case Call::kNewfstatat:
      SearchAt(call_.Fd(3));
      break;
    case Call::kStatx:
      SearchAt(call_.Fd(2));
      break;
    default:
      Walk({.path = 0}, LastPart::kFollowed);
      break;
  }
  return error_;
}

int PermissionRequest::CheckOpen() {
  const bool creat = call_.call == Call::kCreat;
  const Place place = call_.call == Call::kOpenat ? Place{.path = 1, .fd = 0}
                                                  : Place{.path = 0};
  const int flags =
      creat ? O_CREAT | O_WRONLY | O_TRUNC : call_.Fd(place.path + 1);
  const bool makes = (flags & O_CREAT) != 0 && (flags & O_PATH) == 0;
  const bool exclusive = makes && (flags & O_EXCL) != 0;
  const bool itself = (flags & O_NOFOLLOW) != 0 || exclusive;
  constexpr int kAsksMore =
      O_CREAT | O_TRUNC | O_NOATIME | O_PATH | O_DIRECTORY;  // and so O_TMPFILE
  const WalkEnd& end =
      Walk(place, itself ? LastPart::kItself : LastPart::kFollowed,
           (flags & kAsksMore) == 0 ? FoundFile::kLookedAt : FoundFile::kHeld);
  if (end.refused || (flags & O_PATH) != 0) return error_;
  if (makes && end.slash) return 0;  // EISDIR
  if ((flags & O_TMPFILE) == O_TMPFILE) {
    return Use(end.file, kToWrite | kToSearch);
  }
  if (!end.file.has_value()) {
    if (!makes || !end.directory.has_value()) return 0;
    return ChangeNames(*end.directory);
  }
  const mode_t mode = end.file->info().st_mode;
  const mode_t wanted = WantedBy(flags);
  // EEXIST, ELOOP, EISDIR, ENOTDIR.
  if (exclusive || S_ISLNK(mode) ||
      (S_ISDIR(mode) && (makes || (wanted & kToWrite) != 0)) ||
      (!S_ISDIR(mode) && (flags & O_DIRECTORY) != 0)) {
    return 0;
  }
  if (!May(*end.file, wanted)) {
    const bool truncates = S_ISREG(mode) && (flags & O_TRUNC) != 0;
    return truncates && end.file->IsReadOnly() ? 0 : EACCES;  // EROFS
  }
  return (flags & O_NOATIME) != 0 ? Change(end.file) : 0;
}

int PermissionRequest::CheckAccess() {
  const int flags = call_.call == Call::kFaccessat2 ? call_.Fd(3) : 0;
  if ((flags & AT_EACCESS) == 0) user_ = WithRealIds(user_);
  if (user_.file_effective) return 0;
  const bool at = call_.call != Call::kAccess;
  const std::optional<TargetFile> file =
      at ? FindAt({.path = 1, .fd = 0}, flags)
         : Find({.path = 0}, LastPart::kFollowed);
  return Use(file, call_.Word(at ? 2 : 1) & 07);
}

int PermissionRequest::CheckExecute() {
  const bool at = call_.call == Call::kExecveat;
  const std::optional<TargetFile> file =
      at ? FindAt({.path = 1, .fd = 0}, call_.Fd(4))
         : Find({.path = 0}, LastPart::kFollowed);
  // EACCES, ELOOP: no other kind of file is executed.
  if (!file.has_value() || !S_ISREG(file->info().st_mode)) return error_;
  return Use(file, kToExecute);
}

int PermissionRequest::CheckEnter(const std::optional<TargetFile>& file) const {
  if (!file.has_value() || !S_ISDIR(file->info().st_mode)) return error_;
  return Use(file, kToSearch);
}

int PermissionRequest::CheckChroot() {
  const std::optional<TargetFile> file = Find({.path = 0}, LastPart::kFollowed);
  if (!file.has_value() || !S_ISDIR(file->info().st_mode)) return error_;
  return EPERM;
}

int PermissionRequest::Check() {
  switch (call_.call) {
    case Call::kAccess:
    case Call::kFaccessat:
    case Call::kFaccessat2:
      return CheckAccess();
    case Call::kChown:
    case Call::kLchown:
    case Call::kFchownat:
    case Call::kStat:
    case Call::kLstat:
    case Call::kNewfstatat:
    case Call::kStatx:
    case Call::kReadlink:
    case Call::kReadlinkat:
    case Call::kStatfs:
      return CheckSearch();
    case Call::kOpen:
    case Call::kOpenat:
    case Call::kCreat:
      return CheckOpen();
    case Call::kMkdir:
    case Call::kMknod:
      return CheckMake({.path = 0});
    case Call::kMkdirat:
    case Call::kMknodat:
      return CheckMake({.path = 1, .fd = 0});
    case Call::kSymlink:
      return CheckMake({.path = 1});
    case Call::kSymlinkat:
      return CheckMake({.path = 2, .fd = 1});
    case Call::kLink:
    case Call::kLinkat:
      return CheckLink();
    case Call::kRename:
    case Call::kRenameat:
    case Call::kRenameat2:
      return CheckRename();
    case Call::kUnlink:
      return CheckRemove({.path = 0}, /*directory=*/false);
    case Call::kRmdir:
      return CheckRemove({.path = 0}, /*directory=*/true);
    case Call::kUnlinkat:
      return CheckRemove({.path = 1, .fd = 0},
                         (call_.Word(2) & AT_REMOVEDIR) != 0);
    case Call::kChmod:
    case Call::kFchmod:
    case Call::kFchmodat:
    case Call::kFchmodat2:
      return Change(FileOfMode());
    case Call::kUtime:
    case Call::kUtimes:
    case Call::kFutimesat:
    case Call::kUtimensat:
    case Call::kUtimensatShort:
      return CheckTimes();
    case Call::kTruncate:
      return CheckTruncate();
    case Call::kChdir:
      return CheckEnter(Find({.path = 0}, LastPart::kFollowed));
    case Call::kFchdir:
      return CheckEnter(OpenFile(0));
    case Call::kChroot:
      return CheckChroot();
    case Call::kExecve:
    case Call::kExecveat:
      return CheckExecute();
    case Call::kSetxattr:
    case Call::kLsetxattr:
    case Call::kFsetxattr:
    case Call::kGetxattr:
    case Call::kLgetxattr:
    case Call::kFgetxattr:
    case Call::kRemovexattr:
    case Call::kLremovexattr:
    case Call::kFremovexattr:
      return CheckXattr();
    default:
      return 0;
  }
}

}  // namespace rules_dockerfile
