#include "lib/sandbox/init_process.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/process/fd_passing.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/namespaces/process_state.h"
#include "lib/sandbox/root/machine_mounts.h"
#include "lib/sandbox/root/mounts.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/root/system_mount.h"
#include "lib/sandbox/seccomp/syscall_policy.h"
#include "lib/sandbox/spec/sandbox_spec.h"
#include "lib/sandbox/start_command.h"
#include "lib/sandbox/working_directory.h"

namespace rules_dockerfile {
namespace {

void ResetSignals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
}

absl::Status EnterSession(const SandboxCommand& command,
                          const InitChannels& channels) {
  if (dup2(channels.stdin_fd, 0) < 0 || dup2(channels.stdout_fd, 1) < 0 ||
      dup2(channels.stderr_fd, 2) < 0) {
    return absl::ErrnoToStatus(errno,
                               "cannot set up standard input and output");
  }
  // An ordinary user must be able to open /dev/stdout.
  for (int fd = 0; fd <= 2; ++fd) {
    [[maybe_unused]] const int ignored =
        fchown(fd, command.user.uid, command.user.gid);
  }
  CloseDescriptorsBut({channels.error_fd, channels.supervisor_fd});
  ABSL_RETURN_IF_ERROR(EnterWorkingDirectory(command.cwd));
  umask(022);
  setsid();
  if (command.terminal.has_value() && ioctl(0, TIOCSCTTY, 0) < 0) {
    return absl::ErrnoToStatus(errno, "cannot take the terminal");
  }
  return absl::OkStatus();
}

absl::Status StartSupervision(const SandboxSpec& spec, SandboxMode mode,
                              int supervisor_fd) {
  // Root needs no permission, and should not pay for the question. What another
  // user may whom root becomes is asked in part: docs/sandbox.md.
  ABSL_ASSIGN_OR_RETURN(
      UniqueFd listener,
      InstallFilter({.owners = OwnersOf(mode),
                     .supervise_permissions = spec.command.user.uid != 0,
                     .supervise_clock = spec.view.clock_start.has_value(),
                     .supervise_machine = spec.view.processors > 0}));
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

absl::Status EnterRoot(const SandboxView& view, SandboxMode mode,
                       const RootDirectory& root) {
  if (mode == SandboxMode::kChroot) {
    if (chroot(root.path.c_str()) == 0 && chdir("/") == 0) {
      return absl::OkStatus();
    }
    return absl::ErrnoToStatus(errno, "cannot enter the rootfs");
  }
  ABSL_ASSIGN_OR_RETURN(const SystemMount proc, MountProc(root, mode));
  ABSL_RETURN_IF_ERROR(ShowMachine(
      root, proc,
      {.clock_start = view.clock_start, .processors = view.processors}));
  return PivotRoot(root.path);
}

absl::Status Prepare(const SandboxSpec& spec, SandboxMode mode,
                     const RootDirectory& root, const InitChannels& channels) {
  if (mode != SandboxMode::kChroot) {
    LimitPidNamespace(spec.limits.processes);
    OfferToOomKiller();
  }
  ABSL_RETURN_IF_ERROR(EnterRoot(spec.view, mode, root));
  ABSL_RETURN_IF_ERROR(EnterSession(spec.command, channels));
  SetResourceLimits(mode == SandboxMode::kChroot ? 0 : spec.limits.processes);
  // Without CAP_SYS_ADMIN a filter would turn setuid programs into others.
  if (mode != SandboxMode::kChroot) {
    ABSL_RETURN_IF_ERROR(StartSupervision(spec, mode, channels.supervisor_fd));
  }
  ABSL_RETURN_IF_ERROR(LimitCapabilities());
  ABSL_RETURN_IF_ERROR(BecomeUser(spec.command.user));
  // Without namespaces nothing better ties it to the keeper.
  if (mode == SandboxMode::kChroot) prctl(PR_SET_PDEATHSIG, SIGKILL);
  return absl::OkStatus();
}

}  // namespace

void RunInitProcess(const SandboxSpec& spec, SandboxMode mode,
                    const RootDirectory& root, const InitChannels& channels) {
  ResetSignals();
  if (const absl::Status ready = Prepare(spec, mode, root, channels);
      !ready.ok()) {
    FailSetup(ready, channels.error_fd);
  }
  StartCommand(spec.command.argv, spec.command.env, channels.error_fd);
}

}  // namespace rules_dockerfile
