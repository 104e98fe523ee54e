#include "lib/plan/expander.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/expand/expand.h"

namespace rules_dockerfile {

Expander::Expander(const std::vector<std::string>& environment, char escape)
    : lookup_(LookupIn(environment)), escape_(escape) {}

absl::StatusOr<std::string> Expander::Word(absl::string_view word) {
  ABSL_ASSIGN_OR_RETURN(Expansion expansion,
                        ExpandWord(word, lookup_, {.escape = escape_}));
  Remember(expansion.undefined);
  return std::move(expansion.text);
}

absl::StatusOr<std::vector<std::string>> Expander::EachWord(
    const std::vector<std::string>& words) {
  std::vector<std::string> expanded;
  for (const std::string& word : words) {
    ABSL_ASSIGN_OR_RETURN(expanded.emplace_back(), Word(word));
  }
  return expanded;
}

absl::StatusOr<std::vector<std::string>> Expander::Split(
    absl::string_view word) {
  ABSL_ASSIGN_OR_RETURN(WordsExpansion expansion,
                        ExpandWords(word, lookup_, {.escape = escape_}));
  Remember(expansion.undefined);
  return std::move(expansion.words);
}

absl::StatusOr<std::string> Expander::HeredocBody(absl::string_view body) {
  ABSL_ASSIGN_OR_RETURN(Expansion expansion,
                        ExpandWord(body, lookup_, {.process_quotes = false}));
  Remember(expansion.undefined);
  return std::move(expansion.text);
}

void Expander::Remember(const std::vector<std::string>& undefined) {
  undefined_.insert(undefined_.end(), undefined.begin(), undefined.end());
}

}  // namespace rules_dockerfile
