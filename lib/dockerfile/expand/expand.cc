#include "lib/dockerfile/expand/expand.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/expand/shell_word.h"

namespace rules_dockerfile {
namespace {

absl::StatusOr<ShellWordResult> Process(absl::string_view word,
                                        const VariableLookup& lookup,
                                        const ExpandOptions& options) {
  absl::StatusOr<ShellWordResult> result = ProcessShellWord(
      word, lookup,
      {.escape = options.escape, .process_quotes = options.process_quotes});
  if (result.ok()) return result;
  return absl::InvalidArgumentError(absl::StrCat(
      "failed to process ", GoQuote(word), ": ", result.status().message()));
}

}  // namespace

VariableLookup LookupIn(const std::vector<std::string>& environment) {
  return [&environment](absl::string_view name) -> std::optional<std::string> {
    for (auto it = environment.rbegin(); it != environment.rend(); ++it) {
      const absl::string_view entry = *it;
      if (entry.size() > name.size() && entry[name.size()] == '=' &&
          entry.substr(0, name.size()) == name) {
        return std::string(entry.substr(name.size() + 1));
      }
    }
    return std::nullopt;
  };
}

absl::StatusOr<Expansion> ExpandWord(absl::string_view word,
                                     const VariableLookup& lookup,
                                     const ExpandOptions& options) {
  ABSL_ASSIGN_OR_RETURN(ShellWordResult result, Process(word, lookup, options));
  return Expansion{.text = std::move(result.text),
                   .undefined = std::move(result.undefined)};
}

absl::StatusOr<WordsExpansion> ExpandWords(absl::string_view word,
                                           const VariableLookup& lookup,
                                           const ExpandOptions& options) {
  ABSL_ASSIGN_OR_RETURN(ShellWordResult result, Process(word, lookup, options));
  return WordsExpansion{.words = std::move(result.words),
                        .undefined = std::move(result.undefined)};
}

}  // namespace rules_dockerfile
