#include "lib/sandbox/testing/fuzz_file_steps.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "lib/sandbox/testing/fuzz_file_access.h"
#include "lib/sandbox/testing/fuzz_log.h"

namespace rules_dockerfile {

bool FileSteps::IsDevice(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 &&
         (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode));
}

bool FileSteps::MayMake(const std::string& path) {
  return !IsUnchecked() || MayChangeName(path);
}

void FileSteps::Chown() {
  const std::string path = Path();
  const unsigned uid = Of(kIds), gid = Of(kIds);
  if (Pick(2) == 0) {
    Tell(chown(path.c_str(), uid, gid), "chown %s %d %d", path.c_str(), uid,
         gid);
  } else {
    Tell(lchown(path.c_str(), uid, gid), "lchown %s %d %d", path.c_str(), uid,
         gid);
  }
}

void FileSteps::ChownAt() {
  const std::string path = Path();
  const unsigned uid = Of(kIds), gid = Of(kIds);
  const int flags = Pick(2) == 0 ? 0 : AT_SYMLINK_NOFOLLOW;
  const int directory = open("/w", O_PATH | O_DIRECTORY | O_CLOEXEC);
  const std::string name = path.substr(path.rfind('/') + 1);
  Tell(fchownat(directory, name.c_str(), uid, gid, flags),
       "fchownat %s %d %d %x", name.c_str(), uid, gid, flags);
  close(directory);
}

void FileSteps::Fchown() {
  const std::string path = Path();
  if (IsDevice(path) || (IsUnchecked() && !MayAccess(path, "r"))) return;
  const unsigned uid = Of(kIds), gid = Of(kIds);
  const int fd = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return Tell(fd, "open %s", path.c_str());
  if (Pick(2) == 0) {
    Tell(fchown(fd, uid, gid), "fchown %s %d %d", path.c_str(), uid, gid);
  } else {
    Tell(fchownat(fd, "", uid, gid, AT_EMPTY_PATH), "fchownat - %s %d %d",
         path.c_str(), uid, gid);
  }
  close(fd);
}

void FileSteps::MakeFile() {
  const std::string path = Path();
  if (!MayMake(path) || IsDevice(path)) return;
  const int choices[] = {0, 0, O_EXCL, O_NOFOLLOW, O_TRUNC};
  const int flags = Of(choices);
  const mode_t mode = FileMode();
  struct stat info;
  // In its own user namespace root is not permitted to truncate a set-user-ID
  // file and keep the bit (CAP_FSETID of the host).
  if ((flags & O_TRUNC) != 0 && stat(path.c_str(), &info) == 0 &&
      (info.st_mode & 06000) != 0) {
    return;
  }
  // An existing file is opened, and a symlink leads elsewhere.
  if ((IsUnchecked() || IsInStickyDirectory(path)) &&
      lstat(path.c_str(), &info) == 0) {
    return;
  }
  const int fd = open(
      path.c_str(), O_CREAT | O_WRONLY | O_NONBLOCK | O_CLOEXEC | flags, mode);
  const bool made = fd >= 0 && fstat(fd, &info) == 0;
  Tell(fd < 0 ? -1 : 0, "create %s %x %o", path.c_str(), flags, mode);
  if (made) TellStat("  made", info);
  if (fd >= 0) close(fd);
}

void FileSteps::MakeUnnamed() {
  const mode_t mode = FileMode();
  if (IsUnchecked() && !MayAccess(".", "wx")) return;
  const int fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
  if (fd < 0) return Tell(fd, "unnamed");
  const std::string path = Path();
  struct stat info;
  fstat(fd, &info);
  TellStat("unnamed", info);
  if (MayMake(path)) {
    const std::string name = "/proc/self/fd/" + std::to_string(fd);
    Tell(linkat(AT_FDCWD, name.c_str(), AT_FDCWD, path.c_str(),
                AT_SYMLINK_FOLLOW),
         "name it %s", path.c_str());
  }
  close(fd);
}

void FileSteps::MakeDirectory() {
  const std::string path = Path();
  if (!MayMake(path)) return;
  const mode_t mode = DirectoryMode();
  Tell(mkdir(path.c_str(), mode), "mkdir %s %o", path.c_str(), mode);
}

void FileSteps::MakeLink() {
  const std::string target = Path(), path = Path();
  if (!MayMake(path)) return;
  Tell(symlink(target.c_str(), path.c_str()), "symlink %s %s", target.c_str(),
       path.c_str());
}

void FileSteps::MakeHardLink() {
  const std::string from = Path(), to = Path();
  if (!MayMake(to)) return;
  // What others own may be linked only if the system permits it.
  if (IsOrdinaryUser() && !OwnsFile(from, false)) return;
  Tell(link(from.c_str(), to.c_str()), "link %s %s", from.c_str(), to.c_str());
}

void FileSteps::MakeNode() {
  const std::string path = Path();
  if (!MayMake(path)) return;
  const mode_t types[] = {S_IFIFO, S_IFREG, S_IFCHR, S_IFBLK, S_IFSOCK, 0};
  const mode_t mode = Of(types) | FileMode();
  // 0, 0 is an overlay's mark of a deleted file.
  Tell(mknod(path.c_str(), mode, makedev(1 + Pick(300), Pick(300))),
       "mknod %s %o", path.c_str(), mode);
}

void FileSteps::Rename() {
  const std::string from = Path(), to = Path();
  if (!MayMake(from) || !MayMake(to)) return;
  struct stat info;
  // A directory's ".." changes: its own permission counts, too.
  if (IsUnchecked() && lstat(from.c_str(), &info) == 0 &&
      S_ISDIR(info.st_mode)) {
    return;
  }
  const unsigned flags[] = {0, 0, RENAME_NOREPLACE};
  const unsigned flag = Of(flags);
  Tell(renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flag),
       "rename %s %s %x", from.c_str(), to.c_str(), flag);
}

void FileSteps::Unlink() {
  const std::string path = Path();
  if (!MayMake(path)) return;
  Tell(remove(path.c_str()), "remove %s", path.c_str());
}

void FileSteps::Chmod() {
  const std::string path = Path();
  struct stat info;
  if (stat(path.c_str(), &info) < 0) return;
  if (IsUnchecked() && !OwnsFile(path, true)) return;
  mode_t mode = S_ISDIR(info.st_mode) ? DirectoryMode() : FileMode();
  // The kernel clears the bit for who is not in the group.
  if (IsUnchecked() && !IsInGroup(info.st_gid)) mode &= ~02000u;
  Tell(chmod(path.c_str(), mode), "chmod %s %o", path.c_str(), mode);
}

void FileSteps::ShowStat() {
  const std::string path = Path();
  struct stat info;
  const int result =
      Pick(2) == 0 ? stat(path.c_str(), &info) : lstat(path.c_str(), &info);
  if (result < 0) return Tell(result, "stat %s", path.c_str());
  TellStat(("stat " + path).c_str(), info);
}

void FileSteps::ShowOpenStat() {
  const std::string path = Path();
  const int fd = open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return Tell(fd, "open %s", path.c_str());
  struct stat info;
  fstat(fd, &info);
  TellStat(("fstat " + path).c_str(), info);
  close(fd);
}

void FileSteps::ShowStatx() {
  const std::string path = Path();
  struct statx info;
  const int result = statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW,
                           STATX_BASIC_STATS, &info);
  if (result < 0) return Tell(result, "statx %s", path.c_str());
  Tell(0, "statx %s %o %u:%u %u,%u", path.c_str(), info.stx_mode, info.stx_uid,
       info.stx_gid, info.stx_rdev_major, info.stx_rdev_minor);
}

void FileSteps::SetAttribute() {
  const std::string path = Path();
  if (IsDevice(path) || (IsUnchecked() && !MayAccess(path, "rw"))) return;
  const std::string name = Pick(2) == 0 ? "user.a" : "user.b";
  char value[16];
  switch (Pick(3)) {
    case 0:
      return Tell(setxattr(path.c_str(), name.c_str(), "1234", Pick(5), 0),
                  "setxattr %s %s", path.c_str(), name.c_str());
    case 1:
      return Tell(removexattr(path.c_str(), name.c_str()), "removexattr %s %s",
                  path.c_str(), name.c_str());
    default:
      return Tell(getxattr(path.c_str(), name.c_str(), value, sizeof value),
                  "getxattr %s %s", path.c_str(), name.c_str());
  }
}

void FileSteps::Access() {
  const std::string path = Path();
  Tell(access(path.c_str(), F_OK), "access %s", path.c_str());
}

}  // namespace rules_dockerfile
