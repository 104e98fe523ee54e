#include "lib/container/death_watch.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {
namespace {

// Where the watching process has its end of the pipe.
constexpr unsigned kAlive = 3;

[[noreturn]] void Watch(int alive, absl::FunctionRef<void()> act) {
  // Neither the terminal's signals nor those to the group of processes.
  setsid();
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  // Readers of this process' output must not wait for this one.
  dup2(alive, kAlive);
  close(STDOUT_FILENO);
  close(STDERR_FILENO);
  syscall(SYS_close_range, kAlive + 1, ~0u, 0);
  if (ReadAll(kAlive).empty()) act();
  _exit(0);
}

}  // namespace

DeathWatch::DeathWatch(UniqueFd alive, pid_t pid)
    : alive_(std::move(alive)), pid_(pid) {}

DeathWatch::DeathWatch(DeathWatch&& other) noexcept
    : alive_(std::move(other.alive_)), pid_(other.pid_) {}

absl::StatusOr<DeathWatch> DeathWatch::Start(absl::FunctionRef<void()> act) {
  ABSL_ASSIGN_OR_RETURN(Pipe alive, MakePipe());
  const pid_t pid = fork();
  if (pid < 0) return absl::ErrnoToStatus(errno, "cannot fork");
  if (pid == 0) {
    alive.write.Close();
    Watch(alive.read.get(), act);
  }
  return DeathWatch(std::move(alive.write), pid);
}

DeathWatch::~DeathWatch() {
  if (!alive_.ok()) return;
  WriteAll(alive_.get(), "a");
  alive_.Close();
  WaitForChild(pid_);
}

}  // namespace rules_dockerfile
