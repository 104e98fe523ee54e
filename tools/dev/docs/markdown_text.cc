#include "tools/dev/docs/markdown_text.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kColumns = 100;

// UTF-8's continuation bytes have no column.
size_t Width(absl::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
  });
}

bool IsListMarker(absl::string_view word) {
  if (word == "-" || word == "*" || word == "+") return true;
  return (absl::EndsWith(word, ".") || absl::EndsWith(word, ")")) &&
         word.size() > 1 &&
         std::all_of(word.begin(), word.end() - 1, absl::ascii_isdigit);
}

// Whether a line that begins with this word is a table's, a heading or a quote.
bool IsOtherMarker(absl::string_view word) {
  if (absl::StartsWith(word, "|") || word == ">") return true;
  return !word.empty() &&
         word.find_first_not_of('#') == absl::string_view::npos;
}

class Filler {
 public:
  explicit Filler(absl::string_view indent) : indent_(indent), hang_(indent) {}

  void Add(absl::string_view line) {
    const absl::string_view text = absl::StripAsciiWhitespace(line);
    const absl::string_view word = text.substr(0, text.find(' '));
    const bool is_fence = absl::StartsWith(text, "```");
    if (is_fence || in_code_ || text.empty() || IsOtherMarker(word)) {
      EndParagraph();
      lines_.push_back(text.empty() ? "" : absl::StrCat(indent_, line));
      if (is_fence) in_code_ = !in_code_;
      return;
    }
    if (IsListMarker(word)) {
      EndParagraph();
      const size_t margin = text.data() - line.data();
      first_ = absl::StrCat(indent_, line.substr(0, margin));
      hang_ = absl::StrCat(first_, std::string(word.size() + 1, ' '));
    }
    for (absl::string_view each :
         absl::StrSplit(text, ' ', absl::SkipEmpty())) {
      words_.emplace_back(each);
    }
  }

  std::string Finish() {
    EndParagraph();
    const std::string text = absl::StrJoin(lines_, "\n");
    absl::string_view ends = text;
    while (absl::StartsWith(ends, "\n")) ends.remove_prefix(1);
    return absl::StrCat(absl::StripTrailingAsciiWhitespace(ends), "\n");
  }

 private:
  void EndParagraph() {
    std::string line;
    for (const std::string& word : words_) {
      if (!line.empty() && Width(line) + 1 + Width(word) > kColumns &&
          !IsListMarker(word) && !IsOtherMarker(word)) {
        lines_.push_back(std::move(line));
        line = absl::StrCat(hang_, word);
      } else {
        absl::StrAppend(&line, line.empty() ? first_ : " ", word);
      }
    }
    if (!line.empty()) lines_.push_back(std::move(line));
    words_.clear();
    first_ = indent_;
    hang_ = indent_;
  }

  const std::string indent_;
  std::string first_ = indent_;  // before the first line of the paragraph
  std::string hang_;             // before its other lines
  bool in_code_ = false;
  std::vector<std::string> words_;
  std::vector<std::string> lines_;
};

}  // namespace

std::string FillMarkdown(absl::string_view text, absl::string_view indent) {
  Filler filler(indent);
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    filler.Add(line);
  }
  return filler.Finish();
}

}  // namespace rules_dockerfile
