// Programs: the tool's own binary, and programs that would grant privileges.

#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <string>
#include <vector>

#include "lib/sandbox/testing/escape/attempt.h"
#include "lib/sandbox/testing/escape/outcome.h"

namespace rules_dockerfile {
namespace {

// The program that made the sandbox, if its processes show here.
std::string OpenProgram(const Target&) {
  return ForOtherProcesses([](const std::string& proc) {
    const int fd = open((proc + "/exe").c_str(), O_RDONLY);
    return Outcome(fd, "ESCAPED: " + proc + "/exe");
  });
}

std::string ChangeProgram(const Target&) {
  return ForOtherProcesses([](const std::string& proc) {
    return Outcome(chmod((proc + "/exe").c_str(), 06755),
                   "ESCAPED: " + proc + "/exe");
  });
}

// What is mapped there: the host's libraries.
std::string MappedFiles(const Target&) {
  return ForOtherProcesses([](const std::string& proc) -> std::string {
    std::vector<std::string> names;
    if (!List(proc + "/map_files", names)) return Outcome(-1);
    for (const std::string& name : names) {
      const std::string path = proc + "/map_files/" + name;
      if (open(path.c_str(), O_RDONLY) >= 0) return "ESCAPED: " + path;
    }
    return "none opens";
  });
}

std::string OwnProgram(const Target&) {
  Outcomes outcomes;
  for (const int flags : {O_RDWR, O_WRONLY | O_TRUNC}) {
    outcomes.Add(Outcome(open("/proc/self/exe", flags)));
  }
  return outcomes.Text("none");
}

// That of pid 1 is what this process was forked from: the image's own.
std::string ProgramOfPidOne(const Target&) {
  return SameFile("/proc/1/exe", "/bin/escape_probe") ? "the command's own"
                                                      : "ESCAPED: /proc/1/exe";
}

// By the links that lead to the tool while the command is being started.
std::string ChangeOwnProgram(const Target&) {
  constexpr char kPath[] = "/bin/escape_probe";
  struct stat before, after;
  stat(kPath, &before);
  const int changed = chmod("/proc/self/exe", 06755);
  if (changed < 0) return Outcome(-1);
  stat(kPath, &after);
  chmod(kPath, before.st_mode & 07777);
  return (after.st_mode & 07777) == 06755 ? "the command's own" : "ESCAPED";
}

// A script whose interpreter is the program that executes it.
std::string ProgramAsInterpreter(const Target&) {
  constexpr char kPath[] = "/escape_script";
  std::ofstream(kPath) << "#!/proc/self/exe\n";
  chmod(kPath, 0755);
  const pid_t child = fork();
  if (child == 0) {
    close(STDERR_FILENO);
    execl(kPath, kPath, nullptr);
    _exit(errno == EACCES ? 3 : 4);
  }
  int status = 0;
  waitpid(child, &status, 0);
  unlink(kPath);
  // The probe does not know the argument, which is the name of the script.
  if (WEXITSTATUS(status) == 2) return "the command's own";
  return WEXITSTATUS(status) == 3 ? "EACCES" : "ESCAPED";
}

void CopySelf(const std::string& to) {
  std::ifstream in("/bin/escape_probe", std::ios::binary);
  std::ofstream out(to, std::ios::binary | std::ios::trunc);
  out << in.rdbuf();
}

// A file that says its program has all capabilities (linux/capability.h,
// vfs_cap_data): it must have no more than the command may.
std::string FileCapability(const Target&) {
  constexpr char kPath[] = "/escape_caps";
  CopySelf(kPath);
  chmod(kPath, 0755);
  const unsigned char value[20] = {1,    0,    0, 2, 0xff, 0xff, 0xff,
                                   0xff, 0,    0, 0, 0,    0xff, 0xff,
                                   0xff, 0xff, 0, 0, 0,    0};
  std::string outcome = "set";
  if (setxattr(kPath, "security.capability", value, sizeof value, 0) < 0) {
    outcome = "setxattr " + Outcome(-1);
  } else if (const pid_t child = fork(); child == 0) {
    execl(kPath, kPath, nullptr);
    _exit(errno == EPERM ? 3 : 4);
  } else {
    int status = 0;
    waitpid(child, &status, 0);
    // The kernel starts no program that would get less than its file says.
    outcome = WEXITSTATUS(status) == 3 ? "execve EPERM" : "ESCAPED";
  }
  unlink(kPath);
  return outcome;
}

std::string RaiseCapabilities(const Target&) {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2];
  for (auto& half : data) half = {~0u, ~0u, ~0u};
  data[1] = {0x1ff, 0x1ff, 0x1ff};
  return Outcome(syscall(SYS_capset, &header, data));
}

std::string RaiseAmbient(const Target&) {
  return Outcome(
      prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0, 0));
}

std::string CoreLimit(const Target&) {
  const rlimit limit = {.rlim_cur = 1 << 20, .rlim_max = 1 << 20};
  return Outcome(setrlimit(RLIMIT_CORE, &limit));
}

// A core would hold memory, and go where the host's pattern says.
std::string CoreFile(const Target&) {
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  std::vector<std::string> names;
  List(".", names);
  for (const std::string& name : names) {
    if (name.starts_with("core")) return "ESCAPED: " + name;
  }
  return "no file";
}

}  // namespace

const Attempts& ProgramAttempts() {
  static const Attempts attempts = {
      {"exe_of_others_open", OpenProgram},
      {"exe_of_others_chmod", ChangeProgram, true},
      {"exe_of_others_mapped", MappedFiles},
      {"exe_of_its_own", OwnProgram},
      {"exe_of_its_own_chmod", ChangeOwnProgram, true},
      {"exe_of_its_own_as_interpreter", ProgramAsInterpreter, true},
      {"exe_of_pid_1", ProgramOfPidOne, true},
      {"file_capability", FileCapability},
      {"capset", RaiseCapabilities},
      {"ambient_capability", RaiseAmbient},
      {"core_limit", CoreLimit},
      {"core_file", CoreFile},
  };
  return attempts;
}

}  // namespace rules_dockerfile
