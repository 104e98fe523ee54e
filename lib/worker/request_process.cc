#include "lib/worker/request_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/base/temporary_files.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {
namespace {

constexpr absl::Duration kGrace = absl::Seconds(15);

}  // namespace

absl::StatusOr<RequestProcess> ForkForRequest(bool ends_early) {
  ABSL_ASSIGN_OR_RETURN(Pipe pipe, MakePipe());
  Pipe done;
  if (ends_early) {
    ABSL_ASSIGN_OR_RETURN(done, MakePipe());
  }
  const pid_t worker = getpid();
  RequestProcess process;
  process.pid = fork();
  if (process.pid < 0) {
    return absl::ErrnoToStatus(errno, "cannot start a process");
  }
  if (process.pid == 0) {
    DieWithParent(worker);
    setpgid(0, 0);
    dup2(pipe.write.get(), STDOUT_FILENO);
    dup2(pipe.write.get(), STDERR_FILENO);
    process.done_end = std::move(done.write);
    return process;
  }
  // Whoever is first, so that AskToEnd() finds the group.
  setpgid(process.pid, process.pid);
  process.output_end = std::move(pipe.read);
  process.done_end = std::move(done.read);
  for (const UniqueFd* end : {&process.output_end, &process.done_end}) {
    if (end->ok()) fcntl(end->get(), F_SETFL, O_NONBLOCK);
  }
  return process;
}

absl::Status BecomeTool(const WorkRequest& request, const sigset_t& mask) {
  AdoptOrphans();
  OwnTemporaryFiles();
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  const UniqueFd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!null.ok() || dup2(null.get(), STDIN_FILENO) < 0) {
    return absl::ErrnoToStatus(errno, "cannot open \"/dev/null\"");
  }
  if (!request.sandbox_dir.empty() && chdir(request.sandbox_dir.c_str()) != 0) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("cannot enter \"", request.sandbox_dir, "\""));
  }
  return absl::OkStatus();
}

bool ReadOutput(RequestProcess& process, size_t limit) {
  char buffer[65536];
  for (size_t all = 0; all < limit;) {
    const ssize_t got = read(process.output_end.get(), buffer, sizeof buffer);
    if (got > 0) {
      process.output.Append(absl::string_view(buffer, got));
      all += got;
    } else if (got == 0 || errno != EINTR) {
      return got < 0 && errno == EAGAIN;
    }
  }
  return true;
}

bool IsDone(RequestProcess& process) {
  if (!process.done_end.ok()) return false;
  char done = 0;
  const ssize_t got = read(process.done_end.get(), &done, 1);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  process.done_end.Close();
  return got == 1;
}

void AskToEnd(RequestProcess& process, absl::Time now) {
  kill(-process.pid, SIGTERM);
  process.kill_at = std::min(process.kill_at, now + kGrace);
}

void KillIfOverdue(RequestProcess& process, absl::Time now) {
  if (now < process.kill_at) return;
  kill(-process.pid, SIGKILL);
  process.kill_at = absl::InfiniteFuture();
}

}  // namespace rules_dockerfile
