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

// What the rules need to know of a base image.
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
  // stands for it. An image that is not here is taken to have PATH alone in its
  // environment.
  std::map<std::string, LintBase> bases;
  // Whether an image that is not here may have any variable instead, so that
  // none is undefined in what is made from it.
  bool unknown_bases = false;
  // Whether stages that the target does not need are left alone, as by `docker
  // build`; `docker build --check` looks at all unless it is given a target.
  bool needed_stages_only = false;
  std::optional<IgnorePatterns> ignore;  // .dockerignore
};

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_LINT_LINT_OPTIONS_H_
