#ifndef LIB_BASE_CHARACTERS_H_
#define LIB_BASE_CHARACTERS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The first code point of a text. Bytes that are not UTF-8 count as U+FFFD of
// width 1 and `valid` is false.
struct CodePoint {
  char32_t value = 0xfffd;
  size_t width = 0;  // bytes; 0 at the end of the text
  bool valid = true;

  friend bool operator==(const CodePoint&, const CodePoint&) = default;
};
CodePoint DecodeCodePoint(absl::string_view text);

// UTF-8.
void AppendCodePoint(char32_t code_point, std::string& text);

// Unicode's White_Space property.
bool IsSpace(char32_t code_point);

// Without the white space (in that sense) at the start, or at both ends.
absl::string_view TrimLeadingSpace(absl::string_view text);
absl::string_view TrimSpace(absl::string_view text);

// Whether `c` separates keywords and words: tab, vertical tab, form feed,
// carriage return, space. ASCII only.
constexpr bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}

// `text` split at runs of blanks into at most `limit` parts; the last part is
// the unsplit rest. A blank at either end yields an empty part.
std::vector<std::string> SplitAtBlanks(absl::string_view text,
                                       size_t limit = absl::string_view::npos);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_CHARACTERS_H_
