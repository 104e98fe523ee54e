#ifndef LIB_DOCKERFILE_LINT_LINT_RULE_H_
#define LIB_DOCKERFILE_LINT_LINT_RULE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A rule of `docker build --check`.
struct LintRule {
  absl::string_view name;
  absl::string_view description;
  bool experimental = false;  // only when asked for
  bool has_page = true;       // in Docker's documentation
};

// The rule of this name, which must exist.
const LintRule& LintRuleNamed(absl::string_view name);

// Returns the URL of the page about it; "" if there is no such page.
std::string LintRuleUrl(const LintRule& rule);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_LINT_LINT_RULE_H_
