// Runs a container of an image, as `docker run` does.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/printable.h"
#include "lib/base/tool.h"
#include "lib/container/run_arguments.h"
#include "lib/container/run_container.h"
#include "tools/image_run/container_flags.h"

namespace rules_dockerfile {
namespace {

// The exit code of docker for its own errors.
constexpr int kExitOwnError = 125;
constexpr char kUsage[] =
    "Usage: image_run [FLAG]… -- [OPTION]… [COMMAND [ARGUMENT]…]\n\n"
    "Runs a container of an image, as `docker run` does.\n\n"
    "Options:\n";

absl::StatusOr<int> Run(const std::vector<std::string>& words) {
  ABSL_ASSIGN_OR_RETURN(const RunArguments arguments, ParseRunArguments(words));
  if (arguments.help) {
    std::fputs(RunOptionsHelp().c_str(), stdout);
    return 0;
  }
  ABSL_ASSIGN_OR_RETURN(const ContainerFlags flags,
                        ReadContainerFlags("TMPDIR"));
  ABSL_ASSIGN_OR_RETURN(const ContainerOutcome outcome,
                        RunContainer(flags.image, arguments, flags.place));
  for (const std::string& note : outcome.notes) {
    PrintMessage(absl::StrCat("image_run: ", note, "\n"));
  }
  return outcome.exit_code;
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  int exit_code = 0;
  const int failed = rules_dockerfile::RunToolWithArguments(
      "image_run",
      absl::StrCat(rules_dockerfile::kUsage,
                   rules_dockerfile::RunOptionsHelp()),
      argc, argv, [&](const std::vector<std::string>& words) -> absl::Status {
        ABSL_ASSIGN_OR_RETURN(exit_code, rules_dockerfile::Run(words));
        return absl::OkStatus();
      });
  return failed != 0 ? rules_dockerfile::kExitOwnError : exit_code;
}
