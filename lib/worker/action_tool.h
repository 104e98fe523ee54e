#ifndef LIB_WORKER_ACTION_TOOL_H_
#define LIB_WORKER_ACTION_TOOL_H_

#include <functional>
#include <map>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/worker/work_request.h"

namespace rules_dockerfile {

// What a tool keeps from request to request as a worker. All may be empty.
struct WorkerPart {
  // Called in the worker before its first request; the processes of requests
  // are forks of it. It must leave no thread and no child.
  std::function<void()> start;
  // Called in the process of a request before `run`, with the digests of its
  // inputs: WorkRequest::digests.
  std::function<void(std::map<std::string, std::string> digests)> request;
  // Called in the worker after requests that succeeded: ServeOptions.
  std::function<void(const WorkRequest& request)> succeeded;
};

// The main() of a tool that actions run: RunTool() (lib/base/tool.h), or with
// `--persistent_worker` among the arguments a persistent worker of Bazel
// (lib/worker/worker.h). Then `run` and the rest of main() run in one process
// per request, whose arguments are appended to the others.
int RunActionTool(absl::string_view name, absl::string_view usage, int argc,
                  char** argv, absl::FunctionRef<absl::Status()> run,
                  const WorkerPart& part = {});

// In the process of a request of a tool with WorkerPart::succeeded: answers it,
// with exit code 0, while this process goes on. All that the request has to
// print and to write must be there. Elsewhere, and again, it does nothing.
void EndRequestEarly();

}  // namespace rules_dockerfile

#endif  // LIB_WORKER_ACTION_TOOL_H_
