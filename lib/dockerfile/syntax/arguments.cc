#include "lib/dockerfile/syntax/arguments.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/characters.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/values/json_form.h"
#include "lib/dockerfile/values/words.h"

namespace rules_dockerfile {
namespace {

// Each reader fills `words` or `pairs` from the rest of the line, which is
// trimmed and may be empty.

absl::StatusOr<Arguments> ReadNothing(absl::string_view, char) {
  return Arguments{};
}

absl::StatusOr<Arguments> ReadOneString(absl::string_view rest, char) {
  Arguments arguments;
  if (!rest.empty()) arguments.words.emplace_back(rest);
  return arguments;
}

absl::StatusOr<Arguments> ReadList(absl::string_view rest, char) {
  Arguments arguments;
  if (!rest.empty()) arguments.words = SplitAtBlanks(rest);
  return arguments;
}

absl::StatusOr<Arguments> ReadWords(absl::string_view rest, char escape) {
  return Arguments{.words = SplitWords(rest, escape)};
}

absl::StatusOr<Arguments> ReadJsonOr(
    absl::string_view rest, char escape,
    absl::StatusOr<Arguments> (*otherwise)(absl::string_view, char)) {
  ABSL_ASSIGN_OR_RETURN(std::optional<std::vector<std::string>> strings,
                        ParseJsonForm(rest));
  if (!strings) return otherwise(rest, escape);
  return Arguments{.words = *std::move(strings), .json = true};
}

absl::StatusOr<Arguments> ReadJsonOrString(absl::string_view rest,
                                           char escape) {
  return ReadJsonOr(rest, escape, ReadOneString);
}

absl::StatusOr<Arguments> ReadJsonOrList(absl::string_view rest, char escape) {
  return ReadJsonOr(rest, escape, ReadList);
}

absl::StatusOr<Arguments> ReadHealthcheck(absl::string_view rest, char escape) {
  if (rest.empty()) return Arguments{};
  size_t end = 0;
  while (end < rest.size()) {
    const CodePoint next = DecodeCodePoint(rest.substr(end));
    if (IsSpace(next.value)) break;
    end += next.width;
  }
  ABSL_ASSIGN_OR_RETURN(
      Arguments arguments,
      ReadJsonOrString(TrimLeadingSpace(rest.substr(end)), escape));
  arguments.words.insert(arguments.words.begin(),
                         std::string(rest.substr(0, end)));
  return arguments;
}

absl::StatusOr<Arguments> ReadPairs(absl::string_view keyword,
                                    absl::string_view rest, char escape) {
  const std::vector<std::string> words = SplitWords(rest, escape);
  Arguments arguments;
  if (words.empty()) return arguments;
  if (!absl::StrContains(words[0], '=')) {
    std::vector<std::string> parts = SplitAtBlanks(rest, 2);
    if (parts.size() < 2) {
      return absl::InvalidArgumentError(
          absl::StrCat(keyword, " must have two arguments"));
    }
    arguments.legacy = true;
    arguments.pairs.push_back({std::move(parts[0]), std::move(parts[1])});
    return arguments;
  }
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("Syntax error - can't find = in ", GoQuote(word),
                       ". Must be of the form: name=value"));
    }
    arguments.pairs.push_back(
        {word.substr(0, equals), word.substr(equals + 1)});
  }
  return arguments;
}

absl::StatusOr<Arguments> ReadEnv(absl::string_view rest, char escape) {
  return ReadPairs("ENV", rest, escape);
}

absl::StatusOr<Arguments> ReadLabel(absl::string_view rest, char escape) {
  return ReadPairs("LABEL", rest, escape);
}

absl::StatusOr<Arguments> ReadOnbuild(absl::string_view rest, char escape) {
  if (rest.empty()) return Arguments{};
  const std::string keyword = SplitAtBlanks(rest, 2)[0];
  // Refused later; not parsed, so that the depth is bounded.
  if (absl::EqualsIgnoreCase(keyword, "ONBUILD")) {
    return Arguments{.words = {keyword}};
  }
  ABSL_ASSIGN_OR_RETURN(Arguments trigger, ParseArguments(rest, escape));
  return Arguments{.words = {std::move(trigger.keyword)},
                   .takes_heredocs = trigger.takes_heredocs};
}

using Reader = absl::StatusOr<Arguments> (*)(absl::string_view, char);

Reader ReaderFor(absl::string_view keyword) {
  static const auto& readers = *new std::map<absl::string_view, Reader>{
      {"ADD", ReadJsonOrList},
      {"ARG", ReadWords},
      {"CMD", ReadJsonOrString},
      {"COPY", ReadJsonOrList},
      {"ENTRYPOINT", ReadJsonOrString},
      {"ENV", ReadEnv},
      {"EXPOSE", ReadList},
      {"FROM", ReadList},
      {"HEALTHCHECK", ReadHealthcheck},
      {"LABEL", ReadLabel},
      {"MAINTAINER", ReadOneString},
      {"ONBUILD", ReadOnbuild},
      {"RUN", ReadJsonOrString},
      {"SHELL", ReadJsonOrString},
      {"STOPSIGNAL", ReadOneString},
      {"USER", ReadOneString},
      {"VOLUME", ReadJsonOrList},
      {"WORKDIR", ReadOneString},
  };
  const auto found = readers.find(keyword);
  return found == readers.end() ? ReadNothing : found->second;
}

}  // namespace

absl::StatusOr<Arguments> ParseArguments(absl::string_view line, char escape) {
  std::vector<std::string> parts = SplitAtBlanks(TrimSpace(line), 2);
  FlagWords flags;
  if (parts.size() == 2) flags = TakeFlags(parts[1], escape);
  const std::string keyword = absl::AsciiStrToUpper(parts[0]);
  ABSL_ASSIGN_OR_RETURN(Arguments arguments,
                        ReaderFor(keyword)(TrimSpace(flags.rest), escape));
  arguments.keyword = std::move(parts[0]);
  arguments.flags = std::move(flags.flags);
  if (keyword == "RUN" || keyword == "COPY" || keyword == "ADD") {
    arguments.takes_heredocs = !arguments.json;
  }
  return arguments;
}

}  // namespace rules_dockerfile
