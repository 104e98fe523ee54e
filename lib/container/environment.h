#ifndef LIB_CONTAINER_ENVIRONMENT_H_
#define LIB_CONTAINER_ENVIRONMENT_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"

namespace rules_dockerfile {

// Where the environment of a container comes from, each over those before it.
struct EnvironmentSources {
  std::string hostname;
  std::string home;  // HOME, if no other source has one
  bool terminal = false;
  std::vector<std::string> image;
  std::vector<std::string> files;    // paths: K=V or K a line, # for comments
  std::vector<std::string> options;  // K=V or K
};

// The variables in Docker's order: PATH, HOSTNAME, TERM, then the first mention
// of each. A `K` is given the caller's value; if the caller has none, K is not
// set, even by the image. InvalidArgument for an entry without a name.
absl::StatusOr<std::vector<std::string>> ContainerEnvironment(
    const EnvironmentSources& sources,
    absl::FunctionRef<std::optional<std::string>(const std::string&)> variable);

}  // namespace rules_dockerfile

#endif  // LIB_CONTAINER_ENVIRONMENT_H_
