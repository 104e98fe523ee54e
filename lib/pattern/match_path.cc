#include "lib/pattern/match_path.h"

#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/characters.h"

namespace rules_dockerfile {
namespace {

absl::Status Malformed() { return absl::InvalidArgumentError(""); }

// Removes a chunk from `pattern`: the text up to the next "*" outside a class.
absl::string_view TakeChunk(absl::string_view& pattern) {
  bool in_class = false;
  size_t size = 0;
  for (; size < pattern.size(); ++size) {
    const char c = pattern[size];
    if (c == '\\') {
      if (size + 1 < pattern.size()) ++size;
    } else if (c == '[') {
      in_class = true;
    } else if (c == ']') {
      in_class = false;
    } else if (c == '*' && !in_class) {
      break;
    }
  }
  const absl::string_view chunk = pattern.substr(0, size);
  pattern.remove_prefix(size);
  return chunk;
}

// Removes an end of a range from `chunk`, which must not end there.
absl::StatusOr<char32_t> TakeRangeEnd(absl::string_view& chunk) {
  if (chunk.empty() || chunk[0] == '-' || chunk[0] == ']') return Malformed();
  if (chunk[0] == '\\') chunk.remove_prefix(1);
  const CodePoint end = DecodeCodePoint(chunk);
  if (!end.valid || end.width == chunk.size()) return Malformed();
  chunk.remove_prefix(end.width);
  return end.value;
}

// Removes a class from `chunk`, which begins after the "[". Returns whether
// `value` is in the class.
absl::StatusOr<bool> TakeClass(absl::string_view& chunk, char32_t value) {
  const bool negated = !chunk.empty() && chunk[0] == '^';
  if (negated) chunk.remove_prefix(1);
  bool in_range = false;
  for (bool first = true;; first = false) {
    if (!first && !chunk.empty() && chunk[0] == ']') {
      chunk.remove_prefix(1);
      return in_range != negated;
    }
    ABSL_ASSIGN_OR_RETURN(const char32_t low, TakeRangeEnd(chunk));
    char32_t high = low;
    if (chunk[0] == '-') {
      chunk.remove_prefix(1);
      ABSL_ASSIGN_OR_RETURN(high, TakeRangeEnd(chunk));
    }
    in_range |= low <= value && value <= high;
  }
}

// Returns what is left of `text` after `chunk`, nullopt if it does not begin
// with it. Reads the full chunk even then, for its errors.
absl::StatusOr<std::optional<absl::string_view>> MatchChunk(
    absl::string_view chunk, absl::string_view text) {
  bool failed = false;
  while (!chunk.empty()) {
    failed |= text.empty();
    size_t used = 1;
    if (chunk[0] == '[') {
      chunk.remove_prefix(1);
      const CodePoint next = DecodeCodePoint(text);
      ABSL_ASSIGN_OR_RETURN(const bool in_class, TakeClass(chunk, next.value));
      failed |= !in_class;
      used = next.width;
    } else if (chunk[0] == '?') {
      chunk.remove_prefix(1);
      failed |= !failed && text[0] == '/';
      used = DecodeCodePoint(text).width;
    } else {
      if (chunk[0] == '\\') chunk.remove_prefix(1);
      if (chunk.empty()) return Malformed();
      failed |= !failed && chunk[0] != text[0];
      chunk.remove_prefix(1);
    }
    if (!failed) text.remove_prefix(used);
  }
  if (failed) return std::nullopt;
  return text;
}

absl::StatusOr<bool> Match(absl::string_view pattern, absl::string_view path) {
  bool matches = true;
  while (!pattern.empty()) {
    bool star = false;
    while (!pattern.empty() && pattern[0] == '*') {
      pattern.remove_prefix(1);
      star = true;
    }
    const absl::string_view chunk = TakeChunk(pattern);
    const bool last = pattern.empty();
    // After a star, the chunk may begin later, up to the next slash.
    while (true) {
      ABSL_ASSIGN_OR_RETURN(const std::optional<absl::string_view> rest,
                            MatchChunk(chunk, path));
      if (!matches) break;  // only the rest's syntax counts
      if (rest && (!last || rest->empty())) {
        path = *rest;
        break;
      }
      if (!star || path.empty() || path[0] == '/') {
        matches = false;
        break;
      }
      path.remove_prefix(1);
    }
  }
  return matches && path.empty();
}

}  // namespace

absl::StatusOr<bool> MatchPath(absl::string_view pattern,
                               absl::string_view path) {
  const absl::StatusOr<bool> matches = Match(pattern, path);
  if (matches.ok()) return matches;
  return absl::InvalidArgumentError("syntax error in pattern");
}

}  // namespace rules_dockerfile
