#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "e2e/conformance/runner/run_cases.h"
#include "lib/base/tool.h"

ABSL_FLAG(std::string, cases, "", "directory of cases");
ABSL_FLAG(std::string, out, "",
          "directory of results, whose content is replaced");
ABSL_FLAG(std::string, workspace, "",
          "directory of the generated workspace; by default OUT.workspace");
ABSL_FLAG(std::string, filter, "",
          "RE2 that the complete name of a case must match");
ABSL_FLAG(bool, update, false,
          "write the expected.txt of each case instead of comparing with it");
RULES_DOCKERFILE_REPEATED_FLAG(base, "REFERENCE=PATH, a base for all cases");
RULES_DOCKERFILE_REPEATED_FLAG(startup_flag, "startup flag of Bazel");
RULES_DOCKERFILE_REPEATED_FLAG(bazel_flag, "flag of `bazel build`");

namespace rules_dockerfile {
namespace {

namespace fs = std::filesystem;

// Returns the tools in the runfiles, the working directory under `bazel run`.
std::map<std::string, std::string> Tools() {
  std::map<std::string, std::string> tools;
  for (const auto& entry : fs::directory_iterator("tools")) {
    const std::string name = entry.path().filename();
    const fs::path program = entry.path() / name;
    if (fs::exists(program)) tools[name] = program;
  }
  return tools;
}

absl::Status Run() {
  ConformanceOptions options;
  ABSL_ASSIGN_OR_RETURN(options.cases, RequiredFlag(FLAGS_cases));
  ABSL_ASSIGN_OR_RETURN(options.out, RequiredFlag(FLAGS_out));
  options.workspace = absl::GetFlag(FLAGS_workspace);
  if (options.workspace.empty()) options.workspace = options.out + ".workspace";
  options.filter = absl::GetFlag(FLAGS_filter);
  options.update = absl::GetFlag(FLAGS_update);
  options.tools = Tools();
  options.startup_flags = FLAGS_startup_flag_values();
  options.bazel_flags = FLAGS_bazel_flag_values();
  for (const std::string& base : FLAGS_base_values()) {
    options.bases.insert(absl::StrSplit(base, absl::MaxSplits('=', 1)));
  }
  const char* rules = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  if (rules == nullptr) {
    return absl::FailedPreconditionError(
        "BUILD_WORKSPACE_DIRECTORY is not set; run `tools/bazel run "
        "//e2e/conformance -- --cases=… --out=…`");
  }
  options.rules = rules;

  ABSL_ASSIGN_OR_RETURN(const ConformanceResult result, RunCases(options));
  for (const std::string& line : result.unexpected) std::cout << line << "\n";
  const std::string summary =
      absl::StrCat(result.built, " built, ", result.refused, " refused, ",
                   result.unexpected.size(), " not as expected");
  std::cout << summary << "\n";
  return result.unexpected.empty() ? absl::OkStatus()
                                   : absl::FailedPreconditionError(summary);
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "conformance", "Builds a directory of cases: e2e/conformance/README.md.",
      argc, argv, rules_dockerfile::Run);
}
