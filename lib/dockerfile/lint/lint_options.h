#ifndef LIB_DOCKERFILE_LINT_LINT_OPTIONS_H_
#define LIB_DOCKERFILE_LINT_LINT_OPTIONS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/dockerfile/stages/stage_graph.h"
#include "lib/pattern/ignore.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {

// What the rules need to know about a base image.
struct LintBase {
  std::vector<std::string> environment;  // "NAME=value"
  std::vector<std::string> shell;
  std::vector<std::string> triggers;  // ONBUILD
  std::optional<Platform> platform;

  friend bool operator==(const LintBase&, const LintBase&) = default;
};

struct LintOptions {
  StageOptions stages;
  // By NormalizedReference() of the image, or of the named context that
  // replaces it. An image that is not in here is assumed to set only PATH.
  std::map<std::string, LintBase> bases;
  // Whether an image that is not in `bases` may instead set any variable, so
  // that no variable is undefined in stages built from it.
  bool unknown_bases = false;
  // Whether to skip stages that the target does not need, as `docker build`
  // does; `docker build --check` checks all unless it is given a target.
  bool needed_stages_only = false;
  std::optional<IgnorePatterns> ignore;  // .dockerignore
};

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_LINT_LINT_OPTIONS_H_
