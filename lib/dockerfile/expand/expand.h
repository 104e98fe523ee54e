#ifndef LIB_DOCKERFILE_EXPAND_EXPAND_H_
#define LIB_DOCKERFILE_EXPAND_EXPAND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/expand/shell_word.h"

namespace rules_dockerfile {

// Looks names up in "NAME=value" entries, which must outlive the result; the
// last entry of a name counts.
VariableLookup LookupIn(const std::vector<std::string>& environment);

struct ExpandOptions {
  char escape = '\\';
  // False for here-document bodies: quotes are plain characters.
  bool process_quotes = true;
};

// An expanded word, and the names of unset variables that it used.
struct Expansion {
  std::string text;
  std::vector<std::string> undefined;

  friend bool operator==(const Expansion&, const Expansion&) = default;
};

// Expands variables in `word` and removes quotes and escapes (Dockerfile
// reference, "Environment replacement"). InvalidArgument `failed to process
// "<word>": <cause>`. Variables expand to at most 1 MiB per word.
absl::StatusOr<Expansion> ExpandWord(absl::string_view word,
                                     const VariableLookup& lookup,
                                     const ExpandOptions& options = {});

// As ExpandWord(), but splits the results of unquoted expansions at white space
// (EXPOSE only).
struct WordsExpansion {
  std::vector<std::string> words;
  std::vector<std::string> undefined;

  friend bool operator==(const WordsExpansion&,
                         const WordsExpansion&) = default;
};
absl::StatusOr<WordsExpansion> ExpandWords(absl::string_view word,
                                           const VariableLookup& lookup,
                                           const ExpandOptions& options = {});

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_EXPAND_EXPAND_H_
