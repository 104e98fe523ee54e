#include "lib/worker/action_tool.h"

#include <cstdio>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/base/sudden_end.h"
#include "lib/base/tool.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/worker/work_request.h"
#include "lib/worker/worker.h"

namespace rules_dockerfile {
namespace {

int done_fd = -1;  // Served::done_fd

}  // namespace

void EndRequestEarly() {
  if (done_fd < 0 || std::fflush(stdout) != 0) return;
  const UniqueFd done(std::exchange(done_fd, -1));
  WriteAll(done.get(), absl::string_view("\0", 1));
}

int RunActionTool(absl::string_view name, absl::string_view usage, int argc,
                  char** argv, absl::FunctionRef<absl::Status()> run,
                  const WorkerPart& part) {
  std::vector<std::string> arguments(argv, argv + argc);
  if (std::erase(arguments, "--persistent_worker") == 0) {
    return RunTool(name, usage, argc, argv, run);
  }
  EndSuddenlyAs(name);
  if (part.start) part.start();
  Served served = ServeRequests(
      name,
      {.digests = part.request ? InputDigests::kKeep : InputDigests::kIgnore,
       .ends_early = part.succeeded != nullptr,
       .succeeded = part.succeeded});
  if (!served.is_request) return served.exit_code;
  done_fd = served.done_fd;
  if (part.request) part.request(std::move(served.digests));
  arguments.insert(arguments.end(),
                   std::make_move_iterator(served.arguments.begin()),
                   std::make_move_iterator(served.arguments.end()));
  return RunToolWithLines(name, usage, arguments, run);
}

}  // namespace rules_dockerfile
