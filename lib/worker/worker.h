#ifndef LIB_WORKER_WORKER_H_
#define LIB_WORKER_WORKER_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/worker/work_request.h"

namespace rules_dockerfile {

// In the process of a request, its arguments; in the worker, how it ended.
struct Served {
  bool is_request = false;
  std::vector<std::string> arguments;
  std::map<std::string, std::string> digests;  // WorkRequest::digests
  // A byte that is written there ends the request with exit code 0, before its
  // process ends. -1: not possible.
  int done_fd = -1;
  int exit_code = 0;
};

struct ServeOptions {
  InputDigests digests = InputDigests::kIgnore;
  bool ends_early = false;  // Served::done_fd
  // If set, called in the worker for each of the last requests that succeeded,
  // when nothing else is to be done. New requests wait meanwhile.
  std::function<void(const WorkRequest& request)> succeeded;
};

// Serves as a persistent worker of Bazel, for several requests at once
// ("multiplex"): reads them from standard input and answers to standard output.
//
// Each request gets a fork of this process, in which the function returns:
// there the program goes on as if it had been executed, and its state ends with
// the request. The response is its output and its exit code, 128 + N if signal
// N ended it. When it has ended, the processes that it left are killed. What a
// process does after Served::done_fd is not waited for.
//
// A request that is cancelled gets SIGTERM, and SIGKILL after 15 seconds. At
// the end of standard input and at SIGTERM, SIGINT or SIGHUP all requests are
// ended so, and then the function returns in the worker. It returns with exit
// code 1, after a message that begins with `name`, if it cannot parse its
// input.
//
// The process must have no other thread, and no child.
Served ServeRequests(absl::string_view name, const ServeOptions& options = {});

}  // namespace rules_dockerfile

#endif  // LIB_WORKER_WORKER_H_
