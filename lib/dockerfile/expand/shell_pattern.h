#ifndef LIB_DOCKERFILE_EXPAND_SHELL_PATTERN_H_
#define LIB_DOCKERFILE_EXPAND_SHELL_PATTERN_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The patterns of ${name#pattern}, ${name%pattern} and ${name/pattern/text}
// (Dockerfile reference, "Environment replacement"): "*" is any characters and
// "?" is one, neither of them a line end; `\*`, `\?`, `\\`, `\}` and `\/` are
// the characters themselves. InvalidArgument for any other escape:
// `invalid pattern (<pattern>) in substitution: invalid escape '\x'`.

// Returns `value` without the shortest or longest prefix, or suffix, that
// matches.
absl::StatusOr<std::string> RemovePrefix(absl::string_view value,
                                         absl::string_view pattern,
                                         bool longest);
absl::StatusOr<std::string> RemoveSuffix(absl::string_view value,
                                         absl::string_view pattern,
                                         bool longest);

// Returns `value` with `replacement`, taken literally, for the first or every
// longest match; nullopt if replacing every match results in more than
// `max_size` bytes.
absl::StatusOr<std::optional<std::string>> ReplaceMatches(
    absl::string_view value, absl::string_view pattern,
    absl::string_view replacement, bool all, int64_t max_size);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_EXPAND_SHELL_PATTERN_H_
