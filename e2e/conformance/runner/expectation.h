#ifndef E2E_CONFORMANCE_RUNNER_EXPECTATION_H_
#define E2E_CONFORMANCE_RUNNER_EXPECTATION_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rules_dockerfile {

// Returns a result as text: the dump of an image in an OCI layout (config,
// history, and the entries of each layer), or the content of an error file.
absl::StatusOr<std::string> ResultText(const std::string& result);

// Returns the first line in which the result differs from the file `expected`,
// "" if there is none.
absl::StatusOr<std::string> CompareExpectation(const std::string& result,
                                               const std::string& expected);

// Writes the result to the file `expected`.
absl::Status WriteExpectation(const std::string& result,
                              const std::string& expected);

}  // namespace rules_dockerfile

#endif  // E2E_CONFORMANCE_RUNNER_EXPECTATION_H_
