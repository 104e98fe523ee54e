#include "lib/image_test/expand_variables.h"

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/plan/environment.h"
#include "re2/re2.h"

namespace rules_dockerfile {

std::string ExpandVariables(absl::string_view text,
                            const std::vector<std::string>& environment) {
  static const RE2& variable = *new RE2(
      R"(\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\}))");
  std::string expanded;
  absl::string_view match[3];
  while (variable.Match(text, 0, text.size(), RE2::UNANCHORED, match, 3)) {
    expanded.append(text.substr(0, match[0].data() - text.data()));
    const absl::string_view name = match[1].empty() ? match[2] : match[1];
    expanded += FindVariable(environment, name).value_or("");
    text.remove_prefix(match[0].data() + match[0].size() - text.data());
  }
  return expanded.append(text);
}

}  // namespace rules_dockerfile
