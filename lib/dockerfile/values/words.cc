#include "lib/dockerfile/values/words.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "lib/base/characters.h"

namespace rules_dockerfile {
namespace {

// Removes and returns the first code point of `text`.
absl::string_view TakeCharacter(absl::string_view& text) {
  const absl::string_view first = text.substr(0, DecodeCodePoint(text).width);
  text.remove_prefix(first.size());
  return first;
}

// Removes and returns one word of `text`, which begins with it: up to white
// space outside quotes, quotes and escapes kept.
std::string TakeWord(absl::string_view& text, char escape) {
  std::string word;
  char quote = 0;
  while (!text.empty()) {
    if (quote == 0 && IsSpace(DecodeCodePoint(text).value)) break;
    const absl::string_view character = TakeCharacter(text);
    const char c = character[0];
    if (c == escape && quote != '\'') {
      if (text.empty()) break;
      word += character;
      word += TakeCharacter(text);
      continue;
    }
    if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    }
    word += character;
  }
  return word;
}

// Removes and returns one flag of `text`: as TakeWord(), quotes and escapes
// removed.
std::string TakeFlag(absl::string_view& text, char escape) {
  std::string flag;
  char quote = 0;
  while (!text.empty()) {
    if (quote == 0 && IsSpace(DecodeCodePoint(text).value)) break;
    const absl::string_view character = TakeCharacter(text);
    const char c = character[0];
    if (c == escape) {
      flag += TakeCharacter(text);
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else {
      flag += character;
    }
  }
  return flag;
}

}  // namespace

std::vector<std::string> SplitWords(absl::string_view text, char escape) {
  std::vector<std::string> words;
  while (true) {
    text = TrimLeadingSpace(text);
    if (text.empty()) return words;
    std::string word = TakeWord(text, escape);
    if (!word.empty()) words.push_back(std::move(word));
  }
}

FlagWords TakeFlags(absl::string_view text, char escape) {
  FlagWords result;
  while (true) {
    const absl::string_view next = TrimLeadingSpace(text);
    if (!absl::StartsWith(next, "--")) break;
    text = next;
    std::string flag = TakeFlag(text, escape);
    if (flag == "--") break;
    result.flags.push_back(std::move(flag));
  }
  result.rest = std::string(text);
  return result;
}

}  // namespace rules_dockerfile
