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

// One cleaned pattern. Without `regex` the text is matched directly, which
// suffices for most patterns.
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
// Brackets, "^" and escapes reach the regular expression as they are, and "*"
// and "?" are replaced even in a class, as in Docker: `\d` is a digit.
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
      } else if (rest_[0] == '\\' || rest_[0] == '[' || rest_[0] == ']') {
        const size_t escape = rest_[0] == '\\' ? 1 : 0;
        AddRegex(Take(escape + DecodeCodePoint(rest_.substr(escape)).width));
      } else {
        if (absl::StrContains(".+()|{}$", rest_[0])) regex_ += '\\';
        regex_ += Take(DecodeCodePoint(rest_).width);
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

  absl::string_view Take(size_t size) {
    const absl::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  absl::string_view rest_;
  std::string regex_;
  Pattern::Kind kind_ = Pattern::Kind::kExact;
};

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
    if (!pattern->regex->ok()) {
      return absl::InvalidArgumentError("syntax error in pattern");
    }
  }
  return pattern;
}

// Returns a line of an ignore file as a pattern, nullopt if it has none.
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
  std::vector<bool> matches(patterns_.size());
  bool ignored = false;
  // The path's parents, outermost first, and the path.
  for (size_t end = 1; end <= path.size(); ++end) {
    if (end != path.size() && path[end] != '/') continue;
    ignored = false;
    for (size_t i = 0; i < patterns_.size(); ++i) {
      const Pattern& pattern = *patterns_[i];
      if (!matches[i] && pattern.is_exception == ignored) {
        matches[i] = pattern.Matches(path.substr(0, end));
      }
      if (matches[i]) ignored = !pattern.is_exception;
    }
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
