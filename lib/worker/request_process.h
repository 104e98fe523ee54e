#ifndef LIB_WORKER_REQUEST_PROCESS_H_
#define LIB_WORKER_REQUEST_PROCESS_H_

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/process/unique_fd.h"
#include "lib/worker/bounded_output.h"
#include "lib/worker/work_request.h"

namespace rules_dockerfile {

// Of a longer output, Bazel gets the first and the last bytes, so many of each;
// it shows 1 MiB.
inline constexpr size_t kOutputPart = size_t{8} << 20;

// The process that handles a request. It leads a process group, and what it
// leaves behind becomes a child of the worker. The kernel kills it with the
// worker.
struct RequestProcess {
  pid_t pid = 0;  // 0: this is the process itself
  UniqueFd output_end;
  // Served::done_fd: the end to read, or in the process itself to write.
  UniqueFd done_end;
  WorkRequest request;  // empty unless ServeOptions::succeeded wants it
  BoundedOutput output{kOutputPart};
  bool was_cancelled = false;
  absl::Time kill_at = absl::InfiniteFuture();
};

// Forks; Unavailable `cannot start a process: …`. With `ends_early` there is a
// `done_end`.
absl::StatusOr<RequestProcess> ForkForRequest(bool ends_early);

// Makes the process of a request like one that was executed: sets its working
// directory, an empty standard input and the signal mask. The caller must close
// the descriptors of the worker afterwards.
absl::Status BecomeTool(const WorkRequest& request, const sigset_t& mask);

// How much output is read before the worker looks at its other requests: a tool
// may write without end. At least what a pipe holds by default.
inline constexpr size_t kOutputAtOnce = size_t{1} << 20;

// Reads the output that is available, without waiting, up to about `limit`
// bytes. Returns false at the end of the output.
bool ReadOutput(RequestProcess& process, size_t limit = kOutputAtOnce);

// Whether the process has said that its request is done. Does not wait.
bool IsDone(RequestProcess& process);

// AskToEnd() sends SIGTERM to the process group. KillIfOverdue() kills it after
// the time that Bazel gives to an action that it ends
// (--local_termination_grace_seconds).
void AskToEnd(RequestProcess& process, absl::Time now);
void KillIfOverdue(RequestProcess& process, absl::Time now);

}  // namespace rules_dockerfile

#endif  // LIB_WORKER_REQUEST_PROCESS_H_
