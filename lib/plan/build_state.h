#ifndef LIB_PLAN_BUILD_STATE_H_
#define LIB_PLAN_BUILD_STATE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// What an instruction can see of those before it in its stage.
// docs/design/0001_artifacts.md, "Build state".
struct BuildState {
  // The stage environment, "NAME=value" in order of first setting: the
  // image's Env and the declared build arguments.
  std::vector<std::string> env;
  // ARG names in scope, first seen first; "NAME=value" where the environment
  // must not contain the value (BUILDKIT_SBOM_SCAN_…).
  std::vector<std::string> args;
  std::string workdir = "/";       // absolute, clean
  std::string user;                // as USER wrote it; "" is root
  std::vector<std::string> shell;  // empty: /bin/sh -c
  std::string platform;            // "linux/amd64", "linux/arm/v7"

  friend bool operator==(const BuildState&, const BuildState&) = default;
};

// Parse(ToJson(x)) == x. InvalidArgument names the missing or wrong field.
std::string BuildStateToJson(const BuildState& state);
absl::StatusOr<BuildState> ParseBuildState(absl::string_view json);

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_BUILD_STATE_H_
