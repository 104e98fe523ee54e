#ifndef LIB_WORKER_WORKER_H_
#define LIB_WORKER_WORKER_H_

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
  int exit_code = 0;
};

// Serves as a persistent worker of Bazel, for several requests at once
// ("multiplex"): reads them from standard input and answers to standard output.
//
// Each request gets a fork of this process, in which the function returns, so
// that the program does there what it does when it is executed, and whatever it
// does to itself ends with it. Its output and exit code are the answer: 128 + N
// if signal N ended it. When it has ended, what it left behind is killed.
//
// A request that is cancelled is asked to end by SIGTERM, and killed after 15
// seconds. At the end of standard input and at SIGTERM, SIGINT or SIGHUP that
// is so with all requests, and then the function returns in the worker. So it
// does with exit code 1, after a message that begins with `name`, where it
// cannot understand what it reads.
//
// The process must have no other thread, and no child.
Served ServeRequests(absl::string_view name,
                     InputDigests digests = InputDigests::kIgnore);

}  // namespace rules_dockerfile

#endif  // LIB_WORKER_WORKER_H_
