#ifndef LIB_DOCKERFILE_LINT_LINT_CONFIG_H_
#define LIB_DOCKERFILE_LINT_LINT_CONFIG_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/lint/lint_rule.h"

namespace rules_dockerfile {

// Which rules apply: the value of the `check` parser directive or of the build
// argument BUILDKIT_DOCKERFILE_CHECK.
struct LintConfig {
  std::set<std::string> skip;
  bool skip_all = false;
  std::set<std::string> experimental;
  bool experimental_all = false;
  bool error = false;  // a violation fails the build

  friend bool operator==(const LintConfig&, const LintConfig&) = default;
};

// Parses "skip=A,B;experimental=all;error=true". InvalidArgument `failed to
// parse check options: invalid check option "x"`.
absl::StatusOr<LintConfig> ParseLintConfig(absl::string_view text);

// Whether `rule` applies to an instruction under the comment block `comment`,
// which may have its own `check=skip=…`.
bool RuleApplies(const LintRule& rule, const LintConfig& config,
                 const std::vector<std::string>& comment);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_LINT_LINT_CONFIG_H_
