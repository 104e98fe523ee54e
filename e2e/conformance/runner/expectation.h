#ifndef E2E_CONFORMANCE_RUNNER_EXPECTATION_H_
#define E2E_CONFORMANCE_RUNNER_EXPECTATION_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rules_dockerfile {

// A result as text that says all of it: the dump of an image in an OCI layout
// (config, history, and the entries of each layer), or the error of a file.
absl::StatusOr<std::string> ResultText(const std::string& result);

// Where the result differs from the text of the file `expected`: "" if nowhere,
// else the first line that does.
absl::StatusOr<std::string> CompareExpectation(const std::string& result,
                                               const std::string& expected);

// Makes the result the expected one.
absl::Status WriteExpectation(const std::string& result,
                              const std::string& expected);

}  // namespace rules_dockerfile

#endif  // E2E_CONFORMANCE_RUNNER_EXPECTATION_H_
