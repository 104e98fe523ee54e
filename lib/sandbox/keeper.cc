#include "lib/sandbox/keeper.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// fork(), except for kChroot into a new pid namespace.
pid_t ForkInto(SandboxMode mode) {
  const int flags = mode == SandboxMode::kChroot ? 0 : CLONE_NEWPID;
  return static_cast<pid_t>(
      syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, 0));
}

// The status of the command, if it has ended. Reaps all that have.
std::optional<int> Reap(pid_t command) {
  std::optional<int> ended;
  int status = 0;
  while (true) {
    const pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid == command) ended = status;
    if (pid <= 0 && errno != EINTR) return ended;
    if (pid == 0) return ended;
  }
}

// Waits until the command ends, or is to.
std::optional<int> AwaitEnd(pid_t command, int alive, int child_signals) {
  while (true) {
    if (const std::optional<int> status = Reap(command)) return status;
    std::array<pollfd, 2> ready = {
        {{alive, POLLIN, 0}, {child_signals, POLLIN, 0}}};
    if (poll(ready.data(), ready.size(), -1) < 0) continue;
    if (ready[0].revents != 0) return std::nullopt;
    signalfd_siginfo info;
    [[maybe_unused]] const ssize_t ignored =
        read(child_signals, &info, sizeof info);
  }
}

// Of its namespace nothing is left when pid 1 has been waited for.
int Kill(pid_t command, SandboxMode mode) {
  kill(command, SIGKILL);
  const int status = WaitForChild(command);
  if (mode == SandboxMode::kChroot) KillChildren(kKillLimit);
  return status;
}

// Runs the keeper.
[[noreturn]] void Keep(SandboxMode mode, int alive, int status_fd,
                       absl::FunctionRef<void()> run,
                       absl::FunctionRef<void(pid_t)> started) {
  // What is blocked does not end it, and SIGCHLD is read.
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  const UniqueFd child_signals(signalfd(-1, &child, SFD_CLOEXEC));
  setsid();
  if (mode == SandboxMode::kChroot) AdoptOrphans();
  const pid_t command = ForkInto(mode);
  if (command == 0) run();
  if (command < 0) _exit(errno);
  prctl(PR_SET_DUMPABLE, 0);
  started(command);
  const std::optional<int> ended =
      AwaitEnd(command, alive, child_signals.get());
  const int status = ended.has_value() ? *ended : Kill(command, mode);
  WriteAll(status_fd, absl::string_view(reinterpret_cast<const char*>(&status),
                                        sizeof status));
  _exit(0);
}

}  // namespace

Keeper::Keeper(UniqueFd alive, UniqueFd status, pid_t pid)
    : alive_(std::move(alive)), status_(std::move(status)), pid_(pid) {}

Keeper::Keeper(Keeper&& other) noexcept
    : alive_(std::move(other.alive_)),
      status_(std::move(other.status_)),
      pid_(std::exchange(other.pid_, -1)) {}

Keeper::~Keeper() {
  if (pid_ < 0) return;
  alive_.Close();
  WaitForChild(pid_);
}

absl::StatusOr<Keeper> Keeper::Start(SandboxMode mode,
                                     absl::FunctionRef<void()> run,
                                     absl::FunctionRef<void(pid_t)> started) {
  ABSL_ASSIGN_OR_RETURN(SocketPair alive, MakeSocketPair());
  ABSL_ASSIGN_OR_RETURN(Pipe status, MakePipe());
  const pid_t pid = ForkInto(mode);
  if (pid < 0) return absl::ErrnoToStatus(errno, "cannot start the command");
  if (pid == 0) {
    alive.here.Close();
    status.read.Close();
    Keep(mode, alive.there.get(), status.write.get(), run, started);
  }
  return Keeper(std::move(alive.here), std::move(status.read), pid);
}

void Keeper::EndCommand() { shutdown(alive_.get(), SHUT_WR); }

absl::StatusOr<int> Keeper::Wait() {
  const std::string text = ReadAll(status_.get());
  const int end = WaitForChild(std::exchange(pid_, -1));
  if (WIFEXITED(end) && WEXITSTATUS(end) != 0) {
    return absl::ErrnoToStatus(WEXITSTATUS(end), "cannot start the command");
  }
  int status = SIGKILL;
  if (text.size() == sizeof status) memcpy(&status, text.data(), sizeof status);
  return status;
}

}  // namespace rules_dockerfile
