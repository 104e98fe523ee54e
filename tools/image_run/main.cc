// Runs a container of an image, as `docker run` does.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/tool.h"
#include "lib/container/container.h"
#include "lib/container/container_plan.h"
#include "lib/container/run_arguments.h"
#include "lib/container/run_container.h"
#include "lib/run/run_options.h"

ABSL_FLAG(std::string, config, "", "image config");
RULES_DOCKERFILE_REPEATED_FLAG(layer, "layer tar, base first");
RULES_DOCKERFILE_REPEATED_FLAG(index, "layer index, of each layer");
ABSL_FLAG(std::string, mode, "auto", "auto, real or emulated owners");

namespace rules_dockerfile {
namespace {

// What docker gives for an error of its own.
constexpr int kExitOwnError = 125;
constexpr char kUsage[] =
    "Runs a container of an image, as `docker run` does.\n\n"
    "image_run --config=F [--layer=TAR --index=IDX]… -- [OPTION]… [COMMAND "
    "[ARGUMENT]…]\n\n";

absl::StatusOr<int> Run(const std::vector<std::string>& words) {
  ABSL_ASSIGN_OR_RETURN(const RunArguments arguments, ParseRunArguments(words));
  if (arguments.help) {
    std::fputs(RunOptionsHelp().c_str(), stdout);
    return 0;
  }
  ImageFiles files;
  ABSL_ASSIGN_OR_RETURN(files.config, RequiredFlag(FLAGS_config));
  files.layers = FLAGS_layer_values();
  files.indexes = FLAGS_index_values();
  ContainerPlace place = {.caller = ThisCaller()};
  ABSL_ASSIGN_OR_RETURN(place.mode,
                        ParseSandboxMode(absl::GetFlag(FLAGS_mode)));
  place.temporary = place.caller.variable("TMPDIR").value_or("/var/tmp");
  return RunContainer(files, arguments, place);
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
