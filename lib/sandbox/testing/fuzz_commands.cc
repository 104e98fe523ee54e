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
#include "lib/sandbox/testing/fuzz_access_steps.h"
#include "lib/sandbox/testing/fuzz_file_access.h"
#include "lib/sandbox/testing/fuzz_log.h"

namespace rules_dockerfile {
namespace {

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

// In a set-user-ID program of root's.
void BecomeRoot() {
  const gid_t group = 0;
  Check("setgroups", setgroups(1, &group));
  Check("setgid", setresgid(0, 0, 0));
  Check("setuid", setresuid(0, 0, 0));
}

class Fuzzer : public AccessSteps {
 public:
  explicit Fuzzer(uint32_t seed) : AccessSteps(seed) {}

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

  // Runs some calls in a separate process, mostly as another user.
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

  void Step() {
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
    if (ExpectsAllChecks() && Pick(4) == 0) return AccessStep();
    (this->*Of(kSteps))();
  }

  void AccessStep() {
    static constexpr Step_ kSteps[] = {
        &Fuzzer::OpenFile,  &Fuzzer::OpenFile, &Fuzzer::ListDirectory,
        &Fuzzer::Truncate,  &Fuzzer::SetTimes, &Fuzzer::AskAccess,
        &Fuzzer::AskAccess, &Fuzzer::ReadLink, &Fuzzer::Exchange,
        &Fuzzer::OpenChmod};
    (this->*Of(kSteps))();
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
};

}  // namespace

const CommandTable& FuzzCommands() {
  static const CommandTable commands = {
      {"fuzz",
       [](const Arguments& a) {
         Fuzzer(static_cast<uint32_t>(atoi(a[1].c_str())))
             .Run(atoi(a[2].c_str()));
       }},
      {"fuzz_user",
       [](const Arguments& a) {
         BecomeRoot();
         ExpectAllChecks();
         Fuzzer(static_cast<uint32_t>(atoi(a[1].c_str())))
             .Run(atoi(a[2].c_str()));
       }},
  };
  return commands;
}

}  // namespace rules_dockerfile
