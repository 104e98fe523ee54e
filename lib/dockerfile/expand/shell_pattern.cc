#include "lib/dockerfile/expand/shell_pattern.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "lib/base/characters.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

absl::Status InvalidPattern(absl::string_view pattern,
                            absl::string_view cause) {
  return absl::InvalidArgumentError(
      absl::StrCat("invalid pattern (", pattern, ") in substitution: ", cause));
}

// The units of a pattern: characters, and escapes as one unit. Each unit is a
// piece of `pattern`.
std::vector<absl::string_view> UnitsOf(absl::string_view pattern) {
  std::vector<absl::string_view> units;
  while (!pattern.empty()) {
    size_t length = DecodeCodePoint(pattern).width;
    if (pattern[0] == '\\') {
      length += DecodeCodePoint(pattern.substr(1)).width;
    }
    units.push_back(pattern.substr(0, length));
    pattern.remove_prefix(length);
  }
  return units;
}

absl::StatusOr<std::string> RegexOf(absl::string_view pattern,
                                    const std::vector<absl::string_view>& units,
                                    bool longest) {
  std::string regex;
  for (absl::string_view unit : units) {
    if (unit == "*") {
      regex += longest ? ".*" : ".*?";
    } else if (unit == "?") {
      regex += ".";
    } else if (unit[0] != '\\') {
      regex += RE2::QuoteMeta(unit);
    } else {
      const absl::string_view escaped = unit.substr(1);
      if (escaped.size() != 1 || !absl::StrContains("*?\\}/", escaped)) {
        return InvalidPattern(pattern,
                              absl::StrCat("invalid escape '", unit, "'"));
      }
      regex += RE2::QuoteMeta(escaped);
    }
  }
  return regex;
}

absl::StatusOr<std::unique_ptr<RE2>> Compile(absl::string_view pattern,
                                             absl::string_view regex) {
  RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_unique<RE2>(regex, options);
  if (!compiled->ok()) return InvalidPattern(pattern, compiled->error());
  return compiled;
}

// The code points of `text` in reverse order.
std::string Reversed(absl::string_view text) {
  std::string reversed;
  reversed.reserve(text.size());
  size_t end = text.size();
  std::vector<size_t> starts;
  for (size_t i = 0; i < text.size();
       i += DecodeCodePoint(text.substr(i)).width) {
    starts.push_back(i);
  }
  for (size_t i = starts.size(); i-- > 0; end = starts[i]) {
    reversed += text.substr(starts[i], end - starts[i]);
  }
  return reversed;
}

absl::StatusOr<std::string> WithoutStart(
    absl::string_view value, absl::string_view pattern,
    const std::vector<absl::string_view>& units, bool longest) {
  ABSL_ASSIGN_OR_RETURN(const std::string regex,
                        RegexOf(pattern, units, longest));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<RE2> compiled,
                        Compile(pattern, regex));
  absl::string_view rest = value;
  RE2::Consume(&rest, *compiled);
  return std::string(rest);
}

}  // namespace

absl::StatusOr<std::string> RemovePrefix(absl::string_view value,
                                         absl::string_view pattern,
                                         bool longest) {
  return WithoutStart(value, pattern, UnitsOf(pattern), longest);
}

absl::StatusOr<std::string> RemoveSuffix(absl::string_view value,
                                         absl::string_view pattern,
                                         bool longest) {
  // Leftmost matching finds a shortest prefix but no shortest suffix, so both
  // the pattern and the value are reversed.
  std::vector<absl::string_view> units = UnitsOf(pattern);
  std::reverse(units.begin(), units.end());
  ABSL_ASSIGN_OR_RETURN(const std::string rest,
                        WithoutStart(Reversed(value), pattern, units, longest));
  return Reversed(rest);
}

absl::StatusOr<std::optional<std::string>> ReplaceMatches(
    absl::string_view value, absl::string_view pattern,
    absl::string_view replacement, bool all, int64_t max_size) {
  ABSL_ASSIGN_OR_RETURN(const std::string regex,
                        RegexOf(pattern, UnitsOf(pattern), /*longest=*/true));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<RE2> compiled,
                        Compile(pattern, regex));
  std::string result(value);
  if (all) {
    std::string removed = result;
    const int64_t count = RE2::GlobalReplace(&removed, *compiled, "");
    if (static_cast<int64_t>(removed.size()) +
            count * static_cast<int64_t>(replacement.size()) >
        max_size) {
      return std::nullopt;
    }
  }
  const std::string rewrite =
      absl::StrReplaceAll(replacement, {{"\\", "\\\\"}});
  if (all) {
    RE2::GlobalReplace(&result, *compiled, rewrite);
  } else {
    RE2::Replace(&result, *compiled, rewrite);
  }
  return result;
}

}  // namespace rules_dockerfile
