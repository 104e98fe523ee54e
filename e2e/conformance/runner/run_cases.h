#ifndef E2E_CONFORMANCE_RUNNER_RUN_CASES_H_
#define E2E_CONFORMANCE_RUNNER_RUN_CASES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rules_dockerfile {

struct ConformanceOptions {
  std::string cases;      // directory of cases
  std::string out;        // directory of results; its content is replaced
  std::string workspace;  // directory of the generated workspace
  std::string rules;      // work tree of rules_dockerfile
  std::map<std::string, std::string> tools;  // WorkspaceOptions::tools
  std::string filter;  // RE2 for the complete name; "" for all
  std::map<std::string, std::string> bases;  // for all cases: reference to path
  std::vector<std::string> startup_flags;    // of `bazel`
  std::vector<std::string> bazel_flags;      // of `bazel build`
  bool update = false;  // write `expected.txt` instead of comparing with it
};

// The results of cases. A result is as expected if the case was built, or
// refused if it must fail, and its text equals `expected.txt`, if there is one.
struct ConformanceResult {
  int built = 0;
  int refused = 0;
  std::vector<std::string> unexpected;  // one line each: name and reason
};

// Builds all cases as one Bazel workspace, in one invocation, and writes
// `out/NAME` for each: the image's OCI layout if it was built, else a file with
// the error.
absl::StatusOr<ConformanceResult> RunCases(const ConformanceOptions& options);

}  // namespace rules_dockerfile

#endif  // E2E_CONFORMANCE_RUNNER_RUN_CASES_H_
