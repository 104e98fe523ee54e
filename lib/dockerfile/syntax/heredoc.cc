#include "lib/dockerfile/syntax/heredoc.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/expand/shell_word.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

// All variables are unset and remain as written.
const VariableLookup& NoVariables() {
  static const VariableLookup& lookup =
      *new VariableLookup([](absl::string_view) -> std::optional<std::string> {
        return std::nullopt;
      });
  return lookup;
}

// Returns the one word that `text` is after quote removal, nullopt for any
// other number of words.
std::optional<std::string> SingleWord(absl::string_view text,
                                      bool keep_quotes) {
  const absl::StatusOr<ShellWordResult> result = ProcessShellWord(
      text, NoVariables(), {.keep_quotes = keep_quotes, .keep_unset = true});
  if (!result.ok() || result->words.size() != 1) return std::nullopt;
  return result->words[0];
}

absl::string_view WithoutLeadingTabs(absl::string_view line) {
  const size_t start = line.find_first_not_of('\t');
  return line.substr(start == absl::string_view::npos ? line.size() : start);
}

}  // namespace

std::vector<Heredoc> HeredocsInLine(absl::string_view line) {
  std::vector<Heredoc> heredocs;
  if (!absl::StrContains(line, "<<")) return heredocs;
  const absl::StatusOr<ShellWordResult> result =
      ProcessShellWord(line, NoVariables(),
                       {.keep_quotes = true,
                        .keep_escapes = true,
                        .keep_unset = true,
                        .join_heredocs = true});
  if (!result.ok()) return heredocs;
  for (const std::string& word : result->words) {
    if (std::optional<Heredoc> heredoc = ParseHeredocWord(word)) {
      heredocs.push_back(*std::move(heredoc));
    }
  }
  return heredocs;
}

std::optional<Heredoc> ParseHeredocWord(absl::string_view word) {
  // Latin-1, so that bytes that are not UTF-8 are characters too.
  static const RE2& pattern =
      *new RE2(R"((?s)(\d*)<<(-?)\s*([^<]*))", RE2::Latin1);
  std::string fd, chomp, quoted_name;
  if (!RE2::FullMatch(word, pattern, &fd, &chomp, &quoted_name)) {
    return std::nullopt;
  }
  const std::optional<std::string> name =
      SingleWord(quoted_name, /*keep_quotes=*/false);
  const std::optional<std::string> as_written =
      SingleWord(quoted_name, /*keep_quotes=*/true);
  if (!name || !as_written) return std::nullopt;
  Heredoc heredoc = {
      .name = *name, .chomp = !chomp.empty(), .expand = *name == *as_written};
  if (!absl::SimpleAtoi(fd, &heredoc.fd)) heredoc.fd = 0;
  return heredoc;
}

bool IsTerminator(absl::string_view line, const Heredoc& heredoc) {
  while (absl::EndsWith(line, "\n") || absl::EndsWith(line, "\r")) {
    line.remove_suffix(1);
  }
  if (heredoc.chomp) line = WithoutLeadingTabs(line);
  return line == heredoc.name;
}

std::string HeredocFileContent(const Heredoc& heredoc) {
  if (!heredoc.chomp) return heredoc.content;
  std::string content;
  absl::string_view rest = heredoc.content;
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    const size_t size = end == absl::string_view::npos ? rest.size() : end + 1;
    content += WithoutLeadingTabs(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  return content;
}

}  // namespace rules_dockerfile
