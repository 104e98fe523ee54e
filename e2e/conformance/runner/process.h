#ifndef E2E_CONFORMANCE_RUNNER_PROCESS_H_
#define E2E_CONFORMANCE_RUNNER_PROCESS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rules_dockerfile {

// Runs `argv` in `directory` with stdout and stderr redirected to the file
// `log`
// ("" to inherit them), and returns the exit code, 128 + N for a signal N.
absl::StatusOr<int> RunProcess(const std::vector<std::string>& argv,
                               const std::string& directory,
                               const std::string& log);

// Archives the contents of `directory`, owned by 0:0. The archive is empty if
// the directory does not exist.
absl::Status ArchiveDirectory(const std::string& directory,
                              const std::string& archive);

}  // namespace rules_dockerfile

#endif  // E2E_CONFORMANCE_RUNNER_PROCESS_H_
