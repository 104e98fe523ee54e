#include "lib/sandbox/supervisor/file_calls.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/supervisor/credentials.h"
#include "lib/sandbox/supervisor/notification.h"
#include "lib/sandbox/supervisor/owner_records.h"
#include "lib/sandbox/supervisor/path_walk.h"
#include "lib/sandbox/supervisor/target_file.h"

namespace rules_dockerfile {
namespace {

constexpr uint32_t kKeep = ProcessCredentials::kKeepId;
constexpr int kTmpfileBit = O_TMPFILE & ~O_DIRECTORY;

// What chown leaves of a mode: capabilities(7) and setattr_should_drop_sgid()
// of the kernel's fs/attr.c. `in_group`: the caller is in the file's group or
// may set such bits of any file.
mode_t ModeAfterChown(mode_t mode, bool in_group) {
  if (S_ISDIR(mode) || S_ISLNK(mode)) return mode & 07777;
  mode_t kept = mode & 07777 & ~S_ISUID;
  if ((mode & S_IXGRP) || !in_group) kept &= ~S_ISGID;
  return kept;
}

// chown(2): "the set-user-ID and set-group-ID mode bits are cleared", and
// capabilities(7): so are file capabilities.
void DropPrivileges(const TargetFile& file, mode_t kept) {
  if (kept != (file.info().st_mode & 07777)) file.ChangeMode(kept);
  if (!S_ISREG(file.info().st_mode)) return;
  const UniqueFd fd = file.Open();
  fremovexattr(fd.get(), "security.capability");
}

// Gives a file that root made to the one for whom it did. The group of a
// setgid directory is right already.
void GiveToMaker(int fd, const KernelCredentials& maker) {
  struct stat info;
  const bool grouped = fstat(fd, &info) == 0 && info.st_gid != 0;
  [[maybe_unused]] const int ignored =
      fchown(fd, maker.filesystem_uid, grouped ? -1 : maker.filesystem_gid);
}

// Whether the check of permissions found what the call names. Where the path
// leads through /proc it is looked up otherwise.
bool WasWalked(const Notification& call) {
  return call.walked != nullptr && !call.walked->in_proc;
}

// Whether chown on a file system that takes no records may succeed all the
// same: it asks for what the file shows anyway.
bool AsksForRoot(uint32_t uid, uint32_t gid) {
  return (uid == kKeep || uid == 0) && (gid == kKeep || gid == 0);
}

}  // namespace

PathView FileCalls::View() const {
  return {.chrooted = chrooted_, .checked = store_ != OwnerStore::kRecorded};
}

std::optional<TargetFile> FileCalls::Walked(const Notification& call) const {
  const std::optional<TargetFile>& file = call.walked->file;
  if (!file.has_value() || handles_.directories->DependsOnWhoLooks(*file)) {
    return std::nullopt;
  }
  return file;
}

std::optional<TargetFile> FileCalls::Named(const Notification& call, bool at,
                                           int path, bool follow) const {
  if (WasWalked(call)) return Walked(call);
  const std::optional<std::string> text =
      call.target.ReadString(call.arguments[path]);
  if (!text.has_value()) return std::nullopt;
  return call.target.Find(at ? call.Fd(path - 1) : AT_FDCWD, *text, follow,
                          View());
}

std::optional<TargetFile> FileCalls::NamedOrOpen(const Notification& call,
                                                 int path, int flags) const {
  const bool empty = call.walked != nullptr && call.walked->path_is_empty;
  if (WasWalked(call) && !empty) return Walked(call);
  const bool follow = (flags & AT_SYMLINK_NOFOLLOW) == 0;
  std::string text;
  if (call.arguments[path] != 0 && !empty) {
    const std::optional<std::string> read =
        call.target.ReadString(call.arguments[path]);
    if (!read.has_value()) return std::nullopt;
    text = *read;
  }
  if (!text.empty()) {
    return call.target.Find(call.Fd(path - 1), text, follow, View());
  }
  if ((flags & AT_EMPTY_PATH) == 0) return std::nullopt;
  return call.target.Descriptor(call.Fd(path - 1));
}

std::optional<NewFile> FileCalls::NamedNew(const Notification& call, bool at,
                                           int path, NewName meaning) const {
  if (WasWalked(call)) {
    const WalkEnd& end = *call.walked;
    const bool slash = end.slash && meaning != NewName::kDirectory;
    if (!end.directory.has_value() || end.file.has_value() || slash) {
      return std::nullopt;
    }
    return NewFile{*end.directory, end.name};
  }
  const std::optional<std::string> text =
      call.target.ReadString(call.arguments[path]);
  if (!text.has_value()) return std::nullopt;
  return call.target.FindNew(at ? call.Fd(path - 1) : AT_FDCWD, *text, meaning,
                             View());
}

std::optional<RecordedOwner> FileCalls::Recorded(const TargetFile& file) const {
  if (store_ == OwnerStore::kReal) return std::nullopt;
  return owners_->Find(file);
}

Answer FileCalls::RecordNew(const NewFile& file,
                            const RecordedOwner& owner) const {
  const std::optional<TargetFile> made =
      TargetFile::At(file.directory, file.name);
  if (!made.has_value()) return Answer::Error(0);  // and removed meanwhile
  const int error = owners_->Record(*made, owner);
  return Answer::Error(error == EOPNOTSUPP ? 0 : error);
}

Answer FileCalls::Chown(const Notification& call) {
  std::optional<TargetFile> file;
  int ids = 1;
  switch (call.call) {
    case SupervisedCall::kChown:
      file = Named(call, /*at=*/false, 0, /*follow=*/true);
      break;
    case SupervisedCall::kLchown:
      file = Named(call, /*at=*/false, 0, /*follow=*/false);
      break;
    case SupervisedCall::kFchown:
      file = call.target.Descriptor(call.Fd(0));
      break;
    default:
      file = NamedOrOpen(call, 1, call.Fd(4));
      ids = 2;
      break;
  }
  // The kernel refuses ids that are not mapped with EINVAL, but 0 it can do.
  if (!file.has_value()) return Answer::Continue();
  return SetOwner(call, *file, call.Id(ids), call.Id(ids + 1));
}

Answer FileCalls::SetOwner(const Notification& call, const TargetFile& file,
                           uint32_t uid, uint32_t gid) {
  const std::optional<RecordedOwner> recorded = Recorded(file);
  RecordedOwner owner = recorded.value_or(RecordedOwner());
  const ProcessCredentials caller = credentials_->Get(call.target.pid());
  const bool ordinary = !caller.file_effective;
  const mode_t kept = ModeAfterChown(
      file.info().st_mode,
      !ordinary || caller.InGroup(static_cast<uint32_t>(owner.gid)));
  const bool keeps_all =
      uid == kKeep && gid == kKeep && kept == (file.info().st_mode & 07777);
  if (ordinary && !keeps_all) {
    const bool owns = owner.uid == caller.uid.filesystem &&
                      (uid == kKeep || uid == owner.uid) &&
                      (gid == kKeep || gid == owner.gid || caller.InGroup(gid));
    if (!owns) return Answer::Error(EPERM);
  }
  if (uid != kKeep) owner.uid = uid;
  if (gid != kKeep) owner.gid = gid;
  if (recorded.has_value() || owner != RecordedOwner()) {
    const int error = owners_->Record(file, owner);
    const bool unrecordable =
        error == EROFS || error == EPERM || error == EOPNOTSUPP;
    if (error != 0 && !(unrecordable && AsksForRoot(uid, gid))) {
      return Answer::Error(error);
    }
  }
  DropPrivileges(file, kept);
  return Answer::Error(0);
}

std::optional<RecordedOwner> FileCalls::NewOwner(
    const Notification& call, const TargetFile& directory) const {
  const ProcessCredentials caller = credentials_->Get(call.target.pid());
  RecordedOwner owner = {.uid = caller.uid.filesystem,
                         .gid = caller.gid.filesystem};
  if (directory.info().st_mode & S_ISGID) {
    owner.gid = Recorded(directory).value_or(RecordedOwner()).gid;
  }
  if (owner == RecordedOwner()) return std::nullopt;
  return owner;
}

mode_t FileCalls::Umask(const Notification& call) const {
  return store_ == OwnerStore::kRecorded
             ? credentials_->Get(call.target.pid()).umask
             : call.target.Umask();
}

Answer FileCalls::MakeNode(const Notification& call) {
  const bool at = call.call == SupervisedCall::kMknodat;
  const int path = at ? 1 : 0;
  const mode_t mode = call.Word(path + 1);
  const bool device = S_ISCHR(mode) || S_ISBLK(mode);
  if (!device && store_ == OwnerStore::kMapped) return Answer::Continue();
  const std::optional<NewFile> file =
      NamedNew(call, at, path, NewName::kItself);
  if (!file.has_value()) return Answer::Continue();
  if (device) {
    return MakeDevice(call, *file, mode,
                      static_cast<dev_t>(call.arguments[path + 2]));
  }
  const std::optional<RecordedOwner> owner = NewOwner(call, file->directory);
  if (!owner.has_value()) return Answer::Continue();
  const mode_t type = (mode & S_IFMT) == 0 ? S_IFREG : mode & S_IFMT;
  const mode_t permissions = mode & 07777 & ~Umask(call);
  if (mknodat(file->directory.fd(), file->name.c_str(), type | permissions, 0) <
      0) {
    return Answer::Error(errno);
  }
  return RecordNew(*file, *owner);
}

bool FileCalls::MayMakeDevices(const Notification& call) const {
  return store_ == OwnerStore::kMapped
             ? call.target.Credentials().makes_devices
             : credentials_->Get(call.target.pid()).file_effective;
}

Answer FileCalls::MakeDevice(const Notification& call, const NewFile& file,
                             mode_t mode, dev_t device) {
  if (!MayMakeDevices(call)) return Answer::Error(EPERM);
  const UniqueFd fd(openat(file.directory.fd(), file.name.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                           mode & 07777 & ~Umask(call)));
  if (!fd.ok()) return Answer::Error(errno);
  RecordedOwner owner;
  if (store_ == OwnerStore::kMapped) {
    GiveToMaker(fd.get(), call.target.Credentials());
  } else {
    owner = NewOwner(call, file.directory).value_or(RecordedOwner());
  }
  owner.device = S_ISCHR(mode) ? 'c' : 'b';
  owner.device_major = major(device);
  owner.device_minor = minor(device);
  return Answer::Error(owners_->RecordOpen(fd.get(), owner));
}

Answer FileCalls::MakeDirectory(const Notification& call) {
  const bool at = call.call == SupervisedCall::kMkdirat;
  const int path = at ? 1 : 0;
  const std::optional<NewFile> file =
      NamedNew(call, at, path, NewName::kDirectory);
  if (!file.has_value()) return Answer::Continue();
  const std::optional<RecordedOwner> owner = NewOwner(call, file->directory);
  if (!owner.has_value()) return Answer::Continue();
  if (mkdirat(file->directory.fd(), file->name.c_str(),
              call.Word(path + 1) & 01777 & ~Umask(call)) < 0) {
    return Answer::Error(errno);
  }
  return RecordNew(*file, *owner);
}

Answer FileCalls::MakeSymlink(const Notification& call) {
  const bool at = call.call == SupervisedCall::kSymlinkat;
  const std::optional<std::string> link_target =
      call.target.ReadString(call.arguments[0]);
  const std::optional<NewFile> file =
      NamedNew(call, at, at ? 2 : 1, NewName::kItself);
  if (!link_target.has_value() || !file.has_value()) return Answer::Continue();
  const std::optional<RecordedOwner> owner = NewOwner(call, file->directory);
  if (!owner.has_value()) return Answer::Continue();
  if (symlinkat(link_target->c_str(), file->directory.fd(),
                file->name.c_str()) < 0) {
    return Answer::Error(errno);
  }
  return RecordNew(*file, *owner);
}

Answer FileCalls::OpenUnnamed(const Notification& call, int path, int flags,
                              mode_t mode) const {
  const std::optional<TargetFile> directory =
      Named(call, call.call == SupervisedCall::kOpenat, path, /*follow=*/true);
  if (!directory.has_value()) return Answer::Continue();
  const std::optional<RecordedOwner> owner = NewOwner(call, *directory);
  if (!owner.has_value()) return Answer::Continue();
  return Give(call,
              UniqueFd(openat(directory->fd(), ".", flags | O_CLOEXEC,
                              mode & ~Umask(call))),
              flags, *owner);
}

Answer FileCalls::Open(const Notification& call) {
  const bool at = call.call == SupervisedCall::kOpenat;
  const bool creat = call.call == SupervisedCall::kCreat;
  const int path = at ? 1 : 0;
  const int flags = creat ? O_CREAT | O_WRONLY | O_TRUNC : call.Fd(path + 1);
  const mode_t mode = call.Word(creat ? 1 : path + 2) & 07777;
  if ((flags & O_PATH) != 0 || (flags & (O_CREAT | kTmpfileBit)) == 0) {
    return Answer::Continue();
  }
  if ((flags & O_TMPFILE) == O_TMPFILE) {
    return OpenUnnamed(call, path, flags, mode);
  }
  const std::optional<NewFile> file =
      NamedNew(call, at, path,
               (flags & (O_NOFOLLOW | O_EXCL)) == 0 ? NewName::kFollowed
                                                    : NewName::kItself);
  // The kernel opens what there is.
  if (!file.has_value()) return Answer::Continue();
  const std::optional<RecordedOwner> owner = NewOwner(call, file->directory);
  if (!owner.has_value()) return Answer::Continue();
  UniqueFd fd(openat(file->directory.fd(), file->name.c_str(),
                     flags | O_EXCL | O_CLOEXEC, mode & ~Umask(call)));
  // Another process was faster.
  if (!fd.ok() && errno == EEXIST) return Answer::Continue();
  return Give(call, std::move(fd), flags, *owner);
}

Answer FileCalls::Give(const Notification& call, UniqueFd fd, int flags,
                       const RecordedOwner& owner) const {
  if (!fd.ok()) return Answer::Error(errno);
  const int error = owners_->RecordOpen(fd.get(), owner);
  if (error != 0 && error != EOPNOTSUPP) return Answer::Error(error);
  return SendDescriptor(handles_.listener_fd, call.id, fd.get(),
                        (flags & O_CLOEXEC) != 0);
}

Answer FileCalls::Chroot() {
  chrooted_ = true;
  return Answer::Continue();
}

}  // namespace rules_dockerfile
