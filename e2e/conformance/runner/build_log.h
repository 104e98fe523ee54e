#ifndef E2E_CONFORMANCE_RUNNER_BUILD_LOG_H_
#define E2E_CONFORMANCE_RUNNER_BUILD_LOG_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// What Bazel's build event protocol tells of the cases.
struct BuildEvents {
  std::set<std::string> built;  // names of cases whose image was built
  // For each case, the files that hold the stderr of its failed actions, the
  // validation of the Dockerfile before the others.
  std::map<std::string, std::vector<std::string>> failed_actions;

  friend bool operator==(const BuildEvents&, const BuildEvents&) = default;
};

// Reads a file of `--build_event_json_file`.
absl::StatusOr<BuildEvents> ParseBuildEvents(absl::string_view json_lines);

// The messages with which loading and analysis failed, in order, by case: what
// `fail()` was given, from Bazel's log.
std::map<std::string, std::vector<std::string>> AnalysisErrors(
    absl::string_view log);

}  // namespace rules_dockerfile

#endif  // E2E_CONFORMANCE_RUNNER_BUILD_LOG_H_
