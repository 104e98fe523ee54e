#include "lib/worker/action_tool.h"

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/base/sudden_end.h"
#include "lib/base/tool.h"
#include "lib/worker/work_request.h"
#include "lib/worker/worker.h"

namespace rules_dockerfile {

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
      name, part.request ? InputDigests::kKeep : InputDigests::kIgnore);
  if (!served.is_request) return served.exit_code;
  if (part.request) part.request(std::move(served.digests));
  arguments.insert(arguments.end(),
                   std::make_move_iterator(served.arguments.begin()),
                   std::make_move_iterator(served.arguments.end()));
  return RunToolWithLines(name, usage, arguments, run);
}

}  // namespace rules_dockerfile
