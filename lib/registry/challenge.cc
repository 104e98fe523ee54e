#include "lib/registry/challenge.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace rules_dockerfile {
namespace {

// RFC 9110, "Tokens".
bool IsTokenCharacter(char c) {
  return absl::ascii_isalnum(c) ||
         absl::string_view("!#$%&'*+-.^_`|~").find(c) != std::string::npos;
}

absl::string_view TakeToken(absl::string_view& rest) {
  size_t length = 0;
  while (length < rest.size() && IsTokenCharacter(rest[length])) ++length;
  const absl::string_view token = rest.substr(0, length);
  rest.remove_prefix(length);
  return token;
}

void SkipBlanks(absl::string_view& rest) {
  rest = absl::StripLeadingAsciiWhitespace(rest);
}

// A quoted string or a token.
absl::StatusOr<std::string> TakeValue(absl::string_view& rest) {
  if (!absl::ConsumePrefix(&rest, "\"")) return std::string(TakeToken(rest));
  std::string value;
  while (!rest.empty() && rest[0] != '"') {
    if (rest[0] == '\\' && rest.size() > 1) rest.remove_prefix(1);
    value.push_back(rest[0]);
    rest.remove_prefix(1);
  }
  if (!absl::ConsumePrefix(&rest, "\"")) {
    return absl::InvalidArgumentError("unterminated quoted string");
  }
  return value;
}

absl::StatusOr<std::vector<Challenge>> Parse(absl::string_view rest) {
  std::vector<Challenge> challenges;
  while (true) {
    SkipBlanks(rest);
    while (absl::ConsumePrefix(&rest, ",")) SkipBlanks(rest);
    if (rest.empty()) return challenges;
    const absl::string_view token = TakeToken(rest);
    if (token.empty()) return absl::InvalidArgumentError("expected a scheme");
    SkipBlanks(rest);
    if (!absl::ConsumePrefix(&rest, "=")) {
      challenges.push_back({.scheme = absl::AsciiStrToLower(token)});
      continue;
    }
    if (challenges.empty()) {
      return absl::InvalidArgumentError("expected a scheme first");
    }
    SkipBlanks(rest);
    ABSL_ASSIGN_OR_RETURN(std::string value, TakeValue(rest));
    challenges.back().parameters[absl::AsciiStrToLower(token)] =
        std::move(value);
  }
}

}  // namespace

absl::StatusOr<std::vector<Challenge>> ParseChallenges(absl::string_view text) {
  absl::StatusOr<std::vector<Challenge>> challenges = Parse(text);
  if (challenges.ok()) return challenges;
  return absl::InvalidArgumentError(absl::StrCat(
      "challenge \"", text, "\": ", challenges.status().message()));
}

}  // namespace rules_dockerfile
