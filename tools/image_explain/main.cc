// Explains which instructions of an image ran in the last build, and why.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/printable.h"
#include "lib/base/tool.h"
#include "lib/explain/explain_logs.h"

ABSL_FLAG(std::string, steps, "", "the steps of the image, from the rules");
ABSL_FLAG(std::string, log, "bazel-execution.log",
          "compact execution log of the build to explain");
ABSL_FLAG(
    std::string, before, "",
    "log of an earlier build to compare with; nothing is remembered then");
ABSL_FLAG(std::string, after, "", "the same as --log");
ABSL_FLAG(
    std::string, state, "",
    "file that remembers the builds that were explained; by default below "
    "$XDG_CACHE_HOME/rules_dockerfile/explain");

namespace rules_dockerfile {
namespace {

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// A path of the user, who is in the directory where `bazel run` was called.
std::string UserPath(const std::string& path) {
  return path.empty()
             ? ""
             : std::filesystem::path(Variable("BUILD_WORKING_DIRECTORY")) /
                   path;
}

// The directory below which Bazel's paths are; "" if it is not known.
std::string ExecutionRoot(const std::filesystem::path& workspace) {
  std::error_code error;
  const std::filesystem::path out =
      std::filesystem::canonical(workspace / "bazel-out", error);
  return error ? "" : out.parent_path().string();
}

absl::Status Explain() {
  ABSL_ASSIGN_OR_RETURN(const std::string steps, RequiredFlag(FLAGS_steps));
  const std::string workspace = Variable("BUILD_WORKSPACE_DIRECTORY");
  const std::string after = absl::GetFlag(FLAGS_after);
  const std::string cache = Variable("XDG_CACHE_HOME");
  ABSL_ASSIGN_OR_RETURN(
      const std::string text,
      ExplainLogs({
          .steps = steps,
          .log = UserPath(after.empty() ? absl::GetFlag(FLAGS_log) : after),
          .before = UserPath(absl::GetFlag(FLAGS_before)),
          .state = UserPath(absl::GetFlag(FLAGS_state)),
          .cache = cache.empty() ? Variable("HOME") + "/.cache" : cache,
          .workspace = workspace,
          .execution_root = ExecutionRoot(workspace),
      }));
  std::fputs(PrintableText(text).c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "image_explain",
      "Explains which instructions of an image ran in a build, and why.", argc,
      argv, rules_dockerfile::Explain);
}
