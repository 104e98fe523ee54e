#include "lib/pattern/ignore.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/characters.h"
#include "lib/base/clean_path.h"
#include "lib/pattern/match_path.h"
#include "re2/re2.h"

namespace rules_dockerfile {

// One cleaned pattern. Without `regex` the text is matched directly: most
// patterns of most files need no more.
struct IgnorePatterns::Pattern {
  enum class Kind { kExact, kPrefix, kSuffix, kRegex };

  std::string text;  // without "!"
  bool is_exception = false;
  Kind kind = Kind::kExact;
  std::unique_ptr<const RE2> regex;

  bool Matches(absl::string_view path) const {
    const absl::string_view view = text;
    switch (kind) {
      case Kind::kExact:
        return path == view;
      case Kind::kPrefix:  // "a/**"
        return absl::StartsWith(path, view.substr(0, view.size() - 2));
      case Kind::kSuffix: {  // "**", "**x" and "**/x", which matches "x" too
        absl::string_view suffix = view.substr(2);
        if (absl::EndsWith(path, suffix)) return true;
        return absl::ConsumePrefix(&suffix, "/") && path == suffix;
      }
      case Kind::kRegex:
        return RE2::FullMatch(path, *regex);
    }
    return false;
  }
};

namespace {

using Pattern = IgnorePatterns::Pattern;

// A pattern as a regular expression, and the simplest kind of match for it.
class PatternTranslator {
 public:
  explicit PatternTranslator(absl::string_view pattern) : rest_(pattern) {}

  void Translate() {
    for (bool first = true; !rest_.empty(); first = false) {
      if (absl::ConsumePrefix(&rest_, "**")) {
        AddAnyDepth(first);
      } else if (absl::ConsumePrefix(&rest_, "*")) {
        AddRegex("[^/]*");
      } else if (absl::ConsumePrefix(&rest_, "?")) {
        AddRegex("[^/]");
      } else if (rest_[0] == '[') {
        AddClass();
      } else {
        AddLiteral();
      }
    }
  }

  const std::string& regex() const { return regex_; }
  Pattern::Kind kind() const { return kind_; }

 private:
  void AddRegex(absl::string_view regex) {
    regex_ += regex;
    kind_ = Pattern::Kind::kRegex;
  }

  void AddAnyDepth(bool first) {
    absl::ConsumePrefix(&rest_, "/");
    const bool was_exact = kind_ == Pattern::Kind::kExact;
    if (rest_.empty() && was_exact) {
      kind_ = Pattern::Kind::kPrefix;
    } else {
      AddRegex(rest_.empty() ? ".*" : "(?:.*/)?");
    }
    if (first) kind_ = Pattern::Kind::kSuffix;
  }

  // The syntax has been checked: the class ends.
  void AddClass() {
    size_t end = 1;
    if (end < rest_.size() && rest_[end] == '^') ++end;
    while (end < rest_.size() && rest_[end] != ']') {
      end += rest_[end] == '\\' ? 2 : 1;
    }
    std::string regex = "[";
    absl::string_view members =
        rest_.substr(1, std::min(end, rest_.size()) - 1);
    if (absl::ConsumePrefix(&members, "^")) regex += '^';
    for (size_t i = 0; i < members.size(); ++i) {
      const char c = members[i];
      if (c == '\\' && i + 1 < members.size()) {
        regex += c;
        regex += members[++i];
      } else {
        if (c == '[' || c == '^') regex += '\\';
        regex += c;
      }
    }
    AddRegex(absl::StrCat(regex, "]"));
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
  }

  void AddLiteral() {
    if (rest_[0] == '\\' && rest_.size() > 1) {
      rest_.remove_prefix(1);
      kind_ = Pattern::Kind::kRegex;
    }
    const size_t width = DecodeCodePoint(rest_).width;
    regex_ += RE2::QuoteMeta(rest_.substr(0, width));
    rest_.remove_prefix(width);
  }

  absl::string_view rest_;
  std::string regex_;
  Pattern::Kind kind_ = Pattern::Kind::kExact;
};

absl::Status SyntaxError(absl::string_view pattern) {
  return absl::InvalidArgumentError(
      absl::StrCat("syntax error in pattern: \"", pattern, "\""));
}

absl::StatusOr<std::shared_ptr<const Pattern>> MakePattern(
    absl::string_view cleaned) {
  auto pattern = std::make_shared<Pattern>();
  pattern->is_exception = absl::ConsumePrefix(&cleaned, "!");
  if (cleaned.empty()) {
    return absl::InvalidArgumentError("illegal exclusion pattern: \"!\"");
  }
  ABSL_RETURN_IF_ERROR(MatchPath(cleaned, ".").status());
  pattern->text = std::string(cleaned);
  PatternTranslator translator(cleaned);
  translator.Translate();
  pattern->kind = translator.kind();
  if (pattern->kind == Pattern::Kind::kRegex) {
    RE2::Options options;
    options.set_log_errors(false);
    pattern->regex = std::make_unique<RE2>(translator.regex(), options);
    if (!pattern->regex->ok()) return SyntaxError(cleaned);
  }
  return pattern;
}

// A line of an ignore file as a pattern, nullopt if it has none.
std::optional<std::string> CleanLine(absl::string_view line) {
  if (absl::StartsWith(line, "#")) return std::nullopt;
  line = TrimSpace(line);
  if (line.empty()) return std::nullopt;
  const bool is_exception = absl::ConsumePrefix(&line, "!");
  line = TrimSpace(line);
  std::string pattern;
  if (!line.empty()) {
    pattern = CleanPath(line);
    if (pattern.size() > 1 && pattern[0] == '/') pattern.erase(0, 1);
  }
  return absl::StrCat(is_exception ? "!" : "", pattern);
}

}  // namespace

IgnorePatterns::IgnorePatterns(
    std::vector<std::shared_ptr<const Pattern>> patterns)
    : patterns_(std::move(patterns)) {}

absl::StatusOr<IgnorePatterns> IgnorePatterns::Parse(absl::string_view text) {
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");  // byte order mark
  std::vector<std::string> patterns;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (std::optional<std::string> pattern = CleanLine(line)) {
      patterns.push_back(*std::move(pattern));
    }
  }
  return FromList(patterns);
}

absl::StatusOr<IgnorePatterns> IgnorePatterns::FromList(
    const std::vector<std::string>& patterns) {
  std::vector<std::shared_ptr<const Pattern>> made;
  for (const std::string& pattern : patterns) {
    const absl::string_view trimmed = TrimSpace(pattern);
    if (trimmed.empty()) continue;
    ABSL_ASSIGN_OR_RETURN(std::shared_ptr<const Pattern> one,
                          MakePattern(CleanPath(trimmed)));
    made.push_back(std::move(one));
  }
  return IgnorePatterns(std::move(made));
}

bool IgnorePatterns::Ignores(absl::string_view path) const {
  // The path and its parents, outermost first.
  std::vector<absl::string_view> prefixes;
  for (size_t i = 1; i <= path.size(); ++i) {
    if (i == path.size() || path[i] == '/')
      prefixes.push_back(path.substr(0, i));
  }
  bool ignored = false;
  for (const std::shared_ptr<const Pattern>& pattern : patterns_) {
    if (pattern->is_exception != ignored) continue;  // would change nothing
    const bool matches = std::any_of(
        prefixes.begin(), prefixes.end(),
        [&](absl::string_view prefix) { return pattern->Matches(prefix); });
    if (matches) ignored = !pattern->is_exception;
  }
  return ignored;
}

bool IgnorePatterns::has_exceptions() const {
  return std::any_of(patterns_.begin(), patterns_.end(),
                     [](const std::shared_ptr<const Pattern>& pattern) {
                       return pattern->is_exception;
                     });
}

std::vector<std::string> IgnorePatterns::patterns() const {
  std::vector<std::string> texts;
  for (const std::shared_ptr<const Pattern>& pattern : patterns_) {
    texts.push_back(
        absl::StrCat(pattern->is_exception ? "!" : "", pattern->text));
  }
  return texts;
}

}  // namespace rules_dockerfile
