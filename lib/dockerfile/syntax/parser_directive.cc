#include "lib/dockerfile/syntax/parser_directive.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

struct Directive {
  std::string key;  // "syntax", "escape" or "check"
  std::string value;
};

// nullopt if `line` is not a directive.
std::optional<Directive> DirectiveIn(absl::string_view line) {
  // Latin-1, so that bytes that are not UTF-8 are characters too.
  static const RE2& pattern =
      *new RE2(R"((?s)#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*)", RE2::Latin1);
  Directive directive;
  if (!RE2::FullMatch(line, pattern, &directive.key, &directive.value)) {
    return std::nullopt;
  }
  absl::AsciiStrToLower(&directive.key);
  if (directive.key != "syntax" && directive.key != "escape" &&
      directive.key != "check") {
    return std::nullopt;
  }
  return directive;
}

}  // namespace

absl::StatusOr<bool> ParserDirectiveReader::Read(absl::string_view line) {
  if (done_) return false;
  const std::optional<Directive> directive = DirectiveIn(line);
  if (!directive) {
    done_ = true;
    return false;
  }
  if (!seen_.insert(directive->key).second) {
    return absl::InvalidArgumentError(absl::StrCat(
        "only one ", directive->key, " parser directive can be used"));
  }
  const std::string& value = directive->value;
  if (directive->key == "syntax") {
    directives_.syntax = value;
  } else if (directive->key == "escape") {
    if (value != "\\" && value != "`") {
      return absl::InvalidArgumentError(absl::StrCat(
          "invalid escape token '", value, "' does not match ` or \\"));
    }
    directives_.escape = value[0];
  }
  return true;
}

std::string CheckDirective(absl::string_view text) {
  absl::ConsumePrefix(&text, kByteOrderMark);
  if (absl::StartsWith(text, "#!")) {
    text.remove_prefix(std::min(text.size(), text.find('\n')));
    absl::ConsumePrefix(&text, "\n");
  }
  std::set<std::string> seen;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::optional<Directive> directive = DirectiveIn(line);
    if (!directive || !seen.insert(directive->key).second) break;
    if (directive->key == "check") return directive->value;
  }
  return "";
}

}  // namespace rules_dockerfile
