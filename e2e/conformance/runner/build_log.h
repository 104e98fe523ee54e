#ifndef E2E_CONFORMANCE_RUNNER_BUILD_LOG_H_
#define E2E_CONFORMANCE_RUNNER_BUILD_LOG_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The results of cases in Bazel's build event protocol.
struct BuildEvents {
  std::set<std::string> built;  // names of cases whose image was built
  // For each case, the files with the stderr of its failed actions, that of the
  // validation of the Dockerfile first.
  std::map<std::string, std::vector<std::string>> failed_actions;

  friend bool operator==(const BuildEvents&, const BuildEvents&) = default;
};

// Parses the content of a `--build_event_json_file`.
absl::StatusOr<BuildEvents> ParseBuildEvents(absl::string_view json_lines);

// Returns the messages with which loading and analysis failed, in order, by
// case: the arguments of `fail()`, from Bazel's log.
std::map<std::string, std::vector<std::string>> AnalysisErrors(
    absl::string_view log);

}  // namespace rules_dockerfile

#endif  // E2E_CONFORMANCE_RUNNER_BUILD_LOG_H_
