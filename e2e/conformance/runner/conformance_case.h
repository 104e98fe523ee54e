#ifndef E2E_CONFORMANCE_RUNNER_CONFORMANCE_CASE_H_
#define E2E_CONFORMANCE_RUNNER_CONFORMANCE_CASE_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A directory with a Dockerfile, its build context and the options of the
// build: e2e/conformance/README.md, "A case". Paths are as in case.json,
// relative to the case's directory.
struct ConformanceCase {
  std::string name;       // of the directory
  std::string directory;  // absolute
  std::string target;     // "" for the last stage
  std::string platform;   // "" for linux/amd64
  std::string network;    // "" for none
  std::map<std::string, std::string> build_args;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> named_contexts;
  std::map<std::string, std::string> bases;
  std::map<std::string, std::string> secrets;
  bool must_fail = false;

  friend bool operator==(const ConformanceCase&,
                         const ConformanceCase&) = default;
};

// Parses `text`, the content of case.json; "" if there is none. InvalidArgument
// names the field that is wrong or unknown.
absl::StatusOr<ConformanceCase> ParseCase(absl::string_view text);

// Reads the case in `directory`, which must contain a Dockerfile.
// InvalidArgument if the directory's name is not valid for a Bazel package.
absl::StatusOr<ConformanceCase> ReadCase(const std::string& directory);

}  // namespace rules_dockerfile

#endif  // E2E_CONFORMANCE_RUNNER_CONFORMANCE_CASE_H_
