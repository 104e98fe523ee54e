#ifndef LIB_DOCKERFILE_LINT_OPTIONS_H_
#define LIB_DOCKERFILE_LINT_OPTIONS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/dockerfile/build_platform.h"
#include "lib/dockerfile/stages.h"
#include "lib/pattern/ignore.h"

namespace rules_dockerfile {

// What the rules need to know of a base image.
struct LintBase {
  std::vector<std::string> environment;  // "NAME=value"
  std::vector<std::string> shell;
  std::optional<BuildPlatform> platform;

  friend bool operator==(const LintBase&, const LintBase&) = default;
};

struct LintOptions {
  StageOptions stages;
  // By full reference ("docker.io/library/debian:latest"). An image that is
  // not here is taken to have PATH alone in its environment.
  std::map<std::string, LintBase> bases;
  std::optional<IgnorePatterns> ignore;  // .dockerignore
};

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_LINT_OPTIONS_H_
