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

// Of a longer output, the begin and the end of this size reach Bazel, which
// shows 1 MiB.
inline constexpr size_t kOutputPart = size_t{8} << 20;

// The process that does a request. It leads a process group, and what it leaves
// behind becomes a child of the worker. The kernel kills it with the worker.
struct RequestProcess {
  pid_t pid = 0;  // 0: this is the process itself
  UniqueFd output_end;
  BoundedOutput output{kOutputPart};
  bool was_cancelled = false;
  absl::Time kill_at = absl::InfiniteFuture();
};

// Forks; Unavailable `cannot start a process: …`.
absl::StatusOr<RequestProcess> ForkForRequest();

// Goes on in the process of a request as in one that was executed: in the
// request's directory, standard input empty, with the signals that are blocked
// as `mask` has it. Afterwards the worker's descriptors are to be closed.
absl::Status BecomeTool(const WorkRequest& request, const sigset_t& mask);

// As much output as is read before the worker looks at its other requests: a
// tool may write without end. No less than what a pipe holds by default.
inline constexpr size_t kOutputAtOnce = size_t{1} << 20;

// Reads what there is, without waiting, until that is `limit` bytes or a few
// more; false at the end.
bool ReadOutput(RequestProcess& process, size_t limit = kOutputAtOnce);

// Asks the process and those of its group to end; KillOverdue() waits no longer
// than Bazel does for an action that it ends
// (--local_termination_grace_seconds).
void AskToEnd(RequestProcess& process, absl::Time now);
void KillIfOverdue(RequestProcess& process, absl::Time now);

}  // namespace rules_dockerfile

#endif  // LIB_WORKER_REQUEST_PROCESS_H_
