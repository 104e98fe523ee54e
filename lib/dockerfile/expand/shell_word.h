#ifndef LIB_DOCKERFILE_EXPAND_SHELL_WORD_H_
#define LIB_DOCKERFILE_EXPAND_SHELL_WORD_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The value of a variable, nullopt if it is unset.
using VariableLookup =
    std::function<std::optional<std::string>(absl::string_view name)>;

// The part of the shell's word syntax that applies. Expansion uses the
// defaults; the search for here-documents keeps the text unchanged.
struct ShellWordOptions {
  char escape = '\\';
  bool process_quotes = true;  // false: quotes are plain characters
  bool keep_quotes = false;    // true: quotes group, and stay
  bool keep_escapes = false;   // true: escapes escape, and stay
  bool keep_unset = false;     // true: $name stays if it is unset
  bool join_heredocs = false;  // true: blanks after << do not end a word
};

// The most bytes that variables may expand to in one word, replacements in
// their values included. BuildKit has no limit, but seven lines of `ENV
// A=$A$A$A…` exhaust any memory.
inline constexpr int64_t kMaxExpandedSize = 1 << 20;

struct ShellWordResult {
  std::string text;                    // all words, expanded
  std::vector<std::string> words;      // split at unquoted white space
  std::vector<std::string> undefined;  // unset names, in order of first use

  friend bool operator==(const ShellWordResult&,
                         const ShellWordResult&) = default;
};

// Processes quotes, escapes and variables as the Dockerfile frontend does
// (Dockerfile reference, "Environment replacement"). InvalidArgument with the
// frontend's message, not yet wrapped. Substitutions nest at most 1000 deep and
// expand to at most kMaxExpandedSize bytes: `variables expand to more than
// 1048576 bytes`.
absl::StatusOr<ShellWordResult> ProcessShellWord(
    absl::string_view text, const VariableLookup& lookup,
    const ShellWordOptions& options);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_EXPAND_SHELL_WORD_H_
