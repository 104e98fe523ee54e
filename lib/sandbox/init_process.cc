#include "lib/sandbox/init_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/process/fd_passing.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/namespaces/process_state.h"
#include "lib/sandbox/root/machine_mounts.h"
#include "lib/sandbox/root/mounts.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/root/system_mount.h"
#include "lib/sandbox/seccomp/syscall_policy.h"
#include "lib/sandbox/spec/sandbox_spec.h"
#include "lib/sandbox/working_directory.h"

namespace rules_dockerfile {
namespace {

constexpr int kExitNotStarted = 127;

void ResetSignals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
}

absl::Status EnterSession(const SandboxSpec& spec,
                          const InitChannels& channels) {
  if (dup2(channels.stdin_fd, 0) < 0 || dup2(channels.stdout_fd, 1) < 0 ||
      dup2(channels.stderr_fd, 2) < 0) {
    return absl::ErrnoToStatus(errno,
                               "cannot set up standard input and output");
  }
  // An ordinary user must be able to open /dev/stdout.
  for (int fd = 0; fd <= 2; ++fd) {
    [[maybe_unused]] const int ignored =
        fchown(fd, spec.user.uid, spec.user.gid);
  }
  CloseDescriptorsBut({channels.error_fd, channels.supervisor_fd});
  ABSL_RETURN_IF_ERROR(EnterWorkingDirectory(spec.cwd));
  umask(022);
  setsid();
  if (spec.terminal.has_value() && ioctl(0, TIOCSCTTY, 0) < 0) {
    return absl::ErrnoToStatus(errno, "cannot take the terminal");
  }
  return absl::OkStatus();
}

absl::Status StartSupervision(const SandboxSpec& spec, SandboxMode mode,
                              int supervisor_fd) {
  ABSL_ASSIGN_OR_RETURN(
      UniqueFd listener,
      InstallFilter({.owners = OwnersOf(mode),
                     .supervise_clock = spec.clock_start.has_value(),
                     .supervise_machine = spec.processors > 0}));
  if (!listener.ok()) return absl::OkStatus();
  if (!SendFd(supervisor_fd, listener.get())) {
    return absl::ErrnoToStatus(errno, "cannot reach the supervisor");
  }
  listener.Close();
  char go;
  if (read(supervisor_fd, &go, 1) != 1) {
    return absl::ErrnoToStatus(errno, "no answer from the supervisor");
  }
  return absl::OkStatus();
}

absl::Status EnterRoot(const SandboxSpec& spec, SandboxMode mode,
                       const RootDirectory& root) {
  if (mode == SandboxMode::kChroot) {
    if (chroot(root.path.c_str()) == 0 && chdir("/") == 0) {
      return absl::OkStatus();
    }
    return absl::ErrnoToStatus(errno, "cannot enter the rootfs");
  }
  ABSL_ASSIGN_OR_RETURN(const SystemMount proc, MountProc(root));
  ABSL_RETURN_IF_ERROR(ShowMachine(
      root, proc,
      {.clock_start = spec.clock_start, .processors = spec.processors}));
  return PivotRoot(root.path);
}

absl::Status Prepare(const SandboxSpec& spec, SandboxMode mode,
                     const RootDirectory& root, const InitChannels& channels) {
  ABSL_RETURN_IF_ERROR(EnterRoot(spec, mode, root));
  ABSL_RETURN_IF_ERROR(EnterSession(spec, channels));
  SetResourceLimits();
  // Without CAP_SYS_ADMIN a filter would turn setuid programs into others.
  if (mode != SandboxMode::kChroot) {
    ABSL_RETURN_IF_ERROR(StartSupervision(spec, mode, channels.supervisor_fd));
  }
  ABSL_RETURN_IF_ERROR(LimitCapabilities());
  ABSL_RETURN_IF_ERROR(BecomeUser(spec.user));
  // Becoming a user made the kernel forget it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  return absl::OkStatus();
}

std::vector<char*> CStrings(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (const std::string& text : strings) {
    pointers.push_back(const_cast<char*>(text.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

absl::string_view PathOf(const std::vector<std::string>& env) {
  for (absl::string_view variable : env) {
    if (absl::ConsumePrefix(&variable, "PATH=")) return variable;
  }
  return "";
}

// Why a command did not start.
struct StartError {
  char kind = kNotStarted;
  std::string message;
};

// Executes argv[0], searched for as runc does: no shell for files that are
// no programs. Returns what is wrong.
StartError Execute(const SandboxSpec& spec) {
  const std::string& name = spec.argv[0];
  const std::vector<char*> argv = CStrings(spec.argv);
  const std::vector<char*> env = CStrings(spec.env);
  const auto failed = [&](char kind, absl::string_view why) {
    return StartError{kind, absl::StrCat("exec: \"", name, "\": ", why)};
  };
  if (absl::StrContains(name, '/')) {
    execve(name.c_str(), argv.data(), env.data());
    const int error = errno;
    if (error == ENOENT) {
      return failed(kNotFound,
                    absl::StrCat("stat ", name, ": no such file or directory"));
    }
    if (error == EACCES) return failed(kNotStarted, "permission denied");
    return failed(kNotStarted, absl::AsciiStrToLower(strerror(error)));
  }
  for (const absl::string_view directory :
       absl::StrSplit(PathOf(spec.env), ':')) {
    const std::string path =
        absl::StrCat(directory.empty() ? "." : directory, "/", name);
    struct stat info;
    if (stat(path.c_str(), &info) < 0 || !S_ISREG(info.st_mode) ||
        (info.st_mode & 0111) == 0) {
      continue;
    }
    execve(path.c_str(), argv.data(), env.data());
    const int error = errno;
    return {error == ENOENT ? kNotFound : kNotStarted,
            absl::StrCat("exec ", path, ": ",
                         absl::AsciiStrToLower(strerror(error)))};
  }
  return failed(kNotFound, "executable file not found in $PATH");
}

[[noreturn]] void Fail(int error_fd, char kind, absl::string_view message) {
  const std::string text = absl::StrCat(std::string(1, kind), message);
  [[maybe_unused]] const ssize_t ignored =
      write(error_fd, text.data(), text.size());
  _exit(kExitNotStarted);
}

}  // namespace

void RunInitProcess(const SandboxSpec& spec, SandboxMode mode,
                    const RootDirectory& root, const InitChannels& channels) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  ResetSignals();
  if (const absl::Status ready = Prepare(spec, mode, root, channels);
      !ready.ok()) {
    Fail(channels.error_fd, kSetupFailed, ready.message());
  }
  const StartError error = Execute(spec);
  Fail(channels.error_fd, error.kind, error.message);
}

}  // namespace rules_dockerfile
