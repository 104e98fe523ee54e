// Random calls of those that the supervisor answers, and what each came to: the
// same with real ids and with emulated ones.

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "lib/sandbox/testing/commands.h"
#include "lib/sandbox/testing/fuzz_file_access.h"

namespace rules_dockerfile {
namespace {

constexpr unsigned kKeep = static_cast<unsigned>(-1);
constexpr unsigned kIds[] = {0, 0, 1, 8, 33, 1000, 1001, 65534, kKeep};
// All directories may be searched by all: fuzz_file_access.h.
constexpr mode_t kDirectoryModes[] = {0777, 0777, 0755, 02777, 02775, 01755};
constexpr mode_t kFileModes[] = {0644,  0666,  0600,  0755,  0777,
                                 04755, 02755, 06755, 02644, 0444};

// Copies of this program that others may run, outside of the directory that
// changes.
struct Program {
  const char* path;
  unsigned uid;
  unsigned gid;
  mode_t mode;
};
constexpr Program kPrograms[] = {
    {"/s0", 33, 33, 04755}, {"/s1", 1000, 8, 02755},
    {"/s2", 0, 0, 06755},   {"/s3", 1001, 1001, 06755},
    {"/s4", 33, 8, 0755},   {"/s5", 8, 7777, 02745}};

void MakePrograms() {
  const std::string text = ReadText("/bin/probe");
  for (const Program& program : kPrograms) {
    const int fd = open(program.path, O_WRONLY | O_CREAT, 0600);
    Check("write", static_cast<int>(write(fd, text.data(), text.size())));
    Check("chown", fchown(fd, program.uid, program.gid));
    Check("chmod", fchmod(fd, program.mode));
    close(fd);
  }
}

class Fuzzer {
 public:
  explicit Fuzzer(uint32_t seed) : random_(seed) {}

  void Run(int calls) {
    MakePrograms();
    mkdir("/w", 0777);
    chmod("/w", 0777);
    chdir("/w");
    while (calls > 0) {
      const int some = std::min<int>(calls, 5 + Pick(20));
      InChild(some);
      calls -= some;
      const int here = Pick(4);
      for (int i = 0; i < here; ++i) Step();
    }
    chdir("/");
    Dump("/w");
  }

 private:
  using Step_ = void (Fuzzer::*)();

  int Pick(int below) {
    return static_cast<int>(random_() % static_cast<uint32_t>(below));
  }
  template <typename T, size_t N>
  T Of(const T (&list)[N]) {
    return list[Pick(static_cast<int>(N))];
  }

  // A line of the log. The result counts, and the errno if it failed.
  template <typename... Arguments>
  void Tell(long result, const char* format, Arguments... arguments) {
    const int error = errno;
    char text[1024];
    int length =
        snprintf(text, sizeof text, "%3d u%d ", ++line_, setfsuid(kKeep));
    length +=
        snprintf(text + length, sizeof text - length, format, arguments...);
    length += result >= 0 ? snprintf(text + length, sizeof text - length,
                                     " = %ld\n", result)
                          : snprintf(text + length, sizeof text - length,
                                     " = %s\n", strerrorname_np(error));
    [[maybe_unused]] const ssize_t ignored = write(1, text, length);
  }

  std::string Path() {
    const char* const names[] = {"a", "b", "c", "d", "e"};
    const char* const starts[] = {"/w/", "/w/", "", "./", "../w/", "//w//"};
    std::string path = Of(starts);
    const int depth = Pick(3);
    for (int i = 0; i < depth; ++i) {
      path += std::string(Of(names)) + (Pick(12) == 0 ? "/../" : "/");
    }
    path += Of(names);
    if (Pick(40) == 0) path += "/";
    return path;
  }

  // Runs some calls in a process of its own, mostly as another user.
  void InChild(int calls) {
    const uint32_t seed = random_();
    const pid_t pid = fork();
    if (pid == 0) {
      random_.seed(seed);
      if (Pick(3) != 0) BecomeSomeone();
      for (int i = 0; i < calls; ++i) Step();
      _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    Tell(status, "child");
  }

  void BecomeSomeone() {
    const gid_t groups[] = {Id(), Id()};
    const int count = Pick(3);
    Tell(setgroups(count, groups), "setgroups %d", count);
    const unsigned gid = Of(kIds), uid = Of(kIds);
    Tell(setresgid(gid, gid, gid), "setresgid %d", gid);
    Tell(setresuid(uid, uid, uid), "setresuid %d", uid);
  }

  unsigned Id() {
    const unsigned id = Of(kIds);
    return id == kKeep ? 5 : id;
  }

  void Step() {
    IsOrdinaryUser();  // remembers it
    static constexpr Step_ kSteps[] = {&Fuzzer::Chown,
                                       &Fuzzer::Chown,
                                       &Fuzzer::ChownAt,
                                       &Fuzzer::Fchown,
                                       &Fuzzer::MakeFile,
                                       &Fuzzer::MakeFile,
                                       &Fuzzer::MakeFile,
                                       &Fuzzer::MakeUnnamed,
                                       &Fuzzer::MakeDirectory,
                                       &Fuzzer::MakeDirectory,
                                       &Fuzzer::MakeLink,
                                       &Fuzzer::MakeLink,
                                       &Fuzzer::MakeHardLink,
                                       &Fuzzer::MakeNode,
                                       &Fuzzer::MakeNode,
                                       &Fuzzer::Rename,
                                       &Fuzzer::Rename,
                                       &Fuzzer::Unlink,
                                       &Fuzzer::Chmod,
                                       &Fuzzer::Chmod,
                                       &Fuzzer::ShowStat,
                                       &Fuzzer::ShowStat,
                                       &Fuzzer::ShowOpenStat,
                                       &Fuzzer::ShowStatx,
                                       &Fuzzer::SetAttribute,
                                       &Fuzzer::SetAttribute,
                                       &Fuzzer::Access,
                                       &Fuzzer::ChangeIds,
                                       &Fuzzer::ChangeIds,
                                       &Fuzzer::ChangeIds,
                                       &Fuzzer::ChangeGroups,
                                       &Fuzzer::ShowIds,
                                       &Fuzzer::ShowIds,
                                       &Fuzzer::KeepCapabilities,
                                       &Fuzzer::DropCapabilities,
                                       &Fuzzer::Execute,
                                       &Fuzzer::ChangeDirectory,
                                       &Fuzzer::ChangeUmask,
                                       &Fuzzer::ChangeRoot};
    (this->*Of(kSteps))();
  }

  // A device that a command makes cannot be opened with real ids, and has no
  // extended attributes; with emulated ones it is an empty file.
  bool IsDevice(const std::string& path) {
    struct stat info;
    return stat(path.c_str(), &info) == 0 &&
           (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode));
  }

  // Whether only permission checks of an ordinary user would refuse it.
  bool MayMake(const std::string& path) {
    return !IsOrdinaryUser() || MayChangeName(path);
  }

  void Chown() {
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

  void ChownAt() {
    const std::string path = Path();
    const unsigned uid = Of(kIds), gid = Of(kIds);
    const int flags = Pick(2) == 0 ? 0 : AT_SYMLINK_NOFOLLOW;
    const int directory = open("/w", O_PATH | O_DIRECTORY | O_CLOEXEC);
    const std::string name = path.substr(path.rfind('/') + 1);
    Tell(fchownat(directory, name.c_str(), uid, gid, flags),
         "fchownat %s %d %d %x", name.c_str(), uid, gid, flags);
    close(directory);
  }

  void Fchown() {
    const std::string path = Path();
    if (IsDevice(path) || (IsOrdinaryUser() && !MayAccess(path, "r"))) return;
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

  void MakeFile() {
    const std::string path = Path();
    if (!MayMake(path) || IsDevice(path)) return;
    const int choices[] = {0, 0, O_EXCL, O_NOFOLLOW, O_TRUNC};
    const int flags = Of(choices);
    const mode_t mode = Of(kFileModes);
    struct stat info;
    // In a user namespace of its own root is not permitted to truncate a
    // set-user-ID file and keep the bit (CAP_FSETID of the machine's).
    if ((flags & O_TRUNC) != 0 && stat(path.c_str(), &info) == 0 &&
        (info.st_mode & 06000) != 0) {
      return;
    }
    // What is there already is opened, and a symlink leads elsewhere.
    if (IsOrdinaryUser() && lstat(path.c_str(), &info) == 0) return;
    const int fd =
        open(path.c_str(), O_CREAT | O_WRONLY | O_NONBLOCK | O_CLOEXEC | flags,
             mode);
    const bool made = fd >= 0 && fstat(fd, &info) == 0;
    Tell(fd < 0 ? -1 : 0, "create %s %x %o", path.c_str(), flags, mode);
    if (made) TellStat("  made", info);
    if (fd >= 0) close(fd);
  }

  void MakeUnnamed() {
    const mode_t mode = Of(kFileModes);
    if (IsOrdinaryUser() && !MayAccess(".", "wx")) return;
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

  void MakeDirectory() {
    const std::string path = Path();
    if (!MayMake(path)) return;
    const mode_t mode = Of(kDirectoryModes);
    Tell(mkdir(path.c_str(), mode), "mkdir %s %o", path.c_str(), mode);
  }

  void MakeLink() {
    const std::string target = Path(), path = Path();
    if (!MayMake(path)) return;
    Tell(symlink(target.c_str(), path.c_str()), "symlink %s %s", target.c_str(),
         path.c_str());
  }

  void MakeHardLink() {
    const std::string from = Path(), to = Path();
    if (!MayMake(to)) return;
    // What others own may be linked only if the system permits it.
    if (IsOrdinaryUser() && !OwnsFile(from, false)) return;
    Tell(link(from.c_str(), to.c_str()), "link %s %s", from.c_str(),
         to.c_str());
  }

  void MakeNode() {
    const std::string path = Path();
    if (!MayMake(path)) return;
    const mode_t types[] = {S_IFIFO, S_IFREG, S_IFCHR, S_IFBLK, S_IFSOCK, 0};
    const mode_t mode = Of(types) | Of(kFileModes);
    // 0, 0 is an overlay's mark of a deleted file.
    Tell(mknod(path.c_str(), mode, makedev(1 + Pick(300), Pick(300))),
         "mknod %s %o", path.c_str(), mode);
  }

  void Rename() {
    const std::string from = Path(), to = Path();
    if (!MayMake(from) || !MayMake(to)) return;
    struct stat info;
    // A directory's ".." changes: its own permission counts, too.
    if (IsOrdinaryUser() && lstat(from.c_str(), &info) == 0 &&
        S_ISDIR(info.st_mode)) {
      return;
    }
    const unsigned flags[] = {0, 0, RENAME_NOREPLACE};
    const unsigned flag = Of(flags);
    Tell(renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flag),
         "rename %s %s %x", from.c_str(), to.c_str(), flag);
  }

  void Unlink() {
    const std::string path = Path();
    if (!MayMake(path)) return;
    Tell(remove(path.c_str()), "remove %s", path.c_str());
  }

  void Chmod() {
    const std::string path = Path();
    struct stat info;
    if (stat(path.c_str(), &info) < 0) return;
    if (IsOrdinaryUser() && !OwnsFile(path, true)) return;
    mode_t mode = S_ISDIR(info.st_mode) ? Of(kDirectoryModes) : Of(kFileModes);
    // The kernel clears the bit for who is not in the group.
    if (IsOrdinaryUser() && !IsInGroup(info.st_gid)) mode &= ~02000u;
    Tell(chmod(path.c_str(), mode), "chmod %s %o", path.c_str(), mode);
  }

  void TellStat(const char* what, const struct stat& info) {
    Tell(0, "%s %o %u:%u %u,%u", what, info.st_mode, info.st_uid, info.st_gid,
         S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode) ? major(info.st_rdev)
                                                        : 0,
         S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode) ? minor(info.st_rdev)
                                                        : 0);
  }

  void ShowStat() {
    const std::string path = Path();
    struct stat info;
    const int result =
        Pick(2) == 0 ? stat(path.c_str(), &info) : lstat(path.c_str(), &info);
    if (result < 0) return Tell(result, "stat %s", path.c_str());
    TellStat(("stat " + path).c_str(), info);
  }

  void ShowOpenStat() {
    const std::string path = Path();
    const int fd = open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return Tell(fd, "open %s", path.c_str());
    struct stat info;
    fstat(fd, &info);
    TellStat(("fstat " + path).c_str(), info);
    close(fd);
  }

  void ShowStatx() {
    const std::string path = Path();
    struct statx info;
    const int result = statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW,
                             STATX_BASIC_STATS, &info);
    if (result < 0) return Tell(result, "statx %s", path.c_str());
    Tell(0, "statx %s %o %u:%u %u,%u", path.c_str(), info.stx_mode,
         info.stx_uid, info.stx_gid, info.stx_rdev_major, info.stx_rdev_minor);
  }

  void SetAttribute() {
    const std::string path = Path();
    if (IsDevice(path) || (IsOrdinaryUser() && !MayAccess(path, "rw"))) return;
    const std::string name = Pick(2) == 0 ? "user.a" : "user.b";
    char value[16];
    switch (Pick(3)) {
      case 0:
        return Tell(setxattr(path.c_str(), name.c_str(), "1234", Pick(5), 0),
                    "setxattr %s %s", path.c_str(), name.c_str());
      case 1:
        return Tell(removexattr(path.c_str(), name.c_str()),
                    "removexattr %s %s", path.c_str(), name.c_str());
      default:
        return Tell(getxattr(path.c_str(), name.c_str(), value, sizeof value),
                    "getxattr %s %s", path.c_str(), name.c_str());
    }
  }

  void Access() {
    const std::string path = Path();
    // The permissions of an ordinary user are the kernel's matter.
    Tell(access(path.c_str(), F_OK), "access %s", path.c_str());
  }

  void ChangeIds() {
    const unsigned a = Of(kIds), b = Of(kIds), c = Of(kIds);
    switch (Pick(10)) {
      case 0:
        return Tell(setuid(a), "setuid %d", a);
      case 1:
        return Tell(setgid(a), "setgid %d", a);
      case 2:
        return Tell(setreuid(a, b), "setreuid %d %d", a, b);
      case 3:
        return Tell(setregid(a, b), "setregid %d %d", a, b);
      case 4:
        return Tell(setresuid(a, b, c), "setresuid %d %d %d", a, b, c);
      case 5:
        return Tell(setresgid(a, b, c), "setresgid %d %d %d", a, b, c);
      case 6:
        return Tell(setfsuid(a), "setfsuid %d", a);
      case 7:
        return Tell(setfsgid(a), "setfsgid %d", a);
      case 8:
        return Tell(seteuid(a), "seteuid %d", a);
      default:
        return Tell(setegid(a), "setegid %d", a);
    }
  }

  void ChangeGroups() {
    const gid_t groups[] = {Id(), Id(), Id()};
    const int count = Pick(4);
    Tell(setgroups(count, groups), "setgroups %d", count);
  }

  void ShowIds() {
    uid_t ruid, euid, suid;
    gid_t rgid, egid, sgid;
    getresuid(&ruid, &euid, &suid);
    getresgid(&rgid, &egid, &sgid);
    gid_t groups[8] = {};
    const int count = getgroups(8, groups);
    Tell(count, "ids %u %u %u %d %u %u %u %d groups %u %u %u", ruid, euid, suid,
         setfsuid(kKeep), rgid, egid, sgid, setfsgid(kKeep), groups[0],
         groups[1], groups[2]);
  }

  void KeepCapabilities() {
    const int keep = Pick(2);
    Tell(prctl(PR_SET_KEEPCAPS, keep), "keepcaps %d", keep);
  }

  // Gives up the capabilities to change ids, for ever.
  void DropCapabilities() {
    if (IsOrdinaryUser() || geteuid() != 0 || Pick(4) != 0) return;
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2] = {};
    syscall(SYS_capget, &header, data);
    const uint32_t ids = 1u << CAP_SETUID | 1u << CAP_SETGID;
    data[0].effective &= ~ids;
    data[0].permitted &= ~ids;
    Tell(syscall(SYS_capset, &header, data), "capset");
  }

  // Runs a set-user-ID copy of this program.
  void Execute() {
    const std::string path = kPrograms[Pick(std::size(kPrograms))].path;
    const pid_t pid = fork();
    if (pid == 0) {
      execl(path.c_str(), path.c_str(), "ids", nullptr);
      _exit(99);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    Tell(status, "exec %s", path.c_str());
  }

  void ChangeDirectory() {
    const std::string path = Pick(2) == 0 ? "/w" : Path();
    Tell(chdir(path.c_str()), "chdir %s", path.c_str());
  }

  void ChangeUmask() {
    const mode_t masks[] = {0, 02, 022};
    const mode_t mask = Of(masks);
    umask(mask);
    Tell(0, "umask %o", mask);
  }

  // In a process that ends with it.
  void ChangeRoot() {
    if (Pick(4) != 0 || IsOrdinaryUser() || geteuid() != 0) return;
    const uint32_t seed = random_();
    const pid_t pid = fork();
    if (pid == 0) {
      random_.seed(seed);
      mkdir("/w/r", 0777);
      Tell(chroot("/w/r"), "chroot");
      if (Pick(2) == 0) chdir("/");
      mkdir("/w", 0777);
      const int calls = 5 + Pick(10);
      for (int i = 0; i < calls; ++i) Step();
      _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    Tell(status, "end of chroot");
  }

  void Dump(const std::string& path) {
    struct stat info;
    if (lstat(path.c_str(), &info) < 0)
      return Tell(-1, "dump %s", path.c_str());
    char value[16], target[256] = {};
    const ssize_t a = lgetxattr(path.c_str(), "user.a", value, sizeof value);
    const ssize_t b = lgetxattr(path.c_str(), "user.b", value, sizeof value);
    if (S_ISLNK(info.st_mode)) {
      [[maybe_unused]] const ssize_t ignored =
          readlink(path.c_str(), target, sizeof target - 1);
    }
    TellStat((path + " -> " + target).c_str(), info);
    Tell(0, "  links %lu a %ld b %ld",
         S_ISDIR(info.st_mode) ? 0 : static_cast<unsigned long>(info.st_nlink),
         a, b);
    if (!S_ISDIR(info.st_mode)) return;
    std::vector<std::string> names;
    DIR* directory = opendir(path.c_str());
    while (const dirent* entry = readdir(directory)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    closedir(directory);
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) Dump(path + "/" + name);
  }

  std::minstd_rand random_;
  int line_ = 0;
};

}  // namespace

const CommandTable& FuzzCommands() {
  static const CommandTable commands = {
      {"fuzz",
       [](const Arguments& a) {
         Fuzzer(static_cast<uint32_t>(atoi(a[1].c_str())))
             .Run(atoi(a[2].c_str()));
       }},
  };
  return commands;
}

}  // namespace rules_dockerfile
