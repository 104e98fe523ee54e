#include "lib/base/characters.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

constexpr CodePoint kInvalid = {.value = 0xfffd, .width = 1, .valid = false};

// The smallest code point that needs `width` bytes; less is an overlong form.
constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};

size_t WidthOf(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

}  // namespace

CodePoint DecodeCodePoint(absl::string_view text) {
  if (text.empty()) return {.value = 0xfffd, .width = 0, .valid = false};
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t width = WidthOf(lead);
  if (width == 1) return {.value = lead, .width = 1, .valid = true};
  if (width == 0 || text.size() < width) return kInvalid;
  char32_t value = lead & (0xff >> (width + 1));
  for (size_t i = 1; i < width; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) return kInvalid;
    value = value << 6 | (byte & 0x3f);
  }
  const bool surrogate = value >= 0xd800 && value < 0xe000;
  if (value < kSmallest[width] || value > 0x10ffff || surrogate) {
    return kInvalid;
  }
  return {.value = value, .width = width, .valid = true};
}

void AppendCodePoint(char32_t code_point, std::string& text) {
  if (code_point < 0x80) {
    text += static_cast<char>(code_point);
    return;
  }
  if (code_point < 0x800) {
    text += static_cast<char>(0xc0 | code_point >> 6);
  } else {
    if (code_point < 0x10000) {
      text += static_cast<char>(0xe0 | code_point >> 12);
    } else {
      text += static_cast<char>(0xf0 | code_point >> 18);
      text += static_cast<char>(0x80 | (code_point >> 12 & 0x3f));
    }
    text += static_cast<char>(0x80 | (code_point >> 6 & 0x3f));
  }
  text += static_cast<char>(0x80 | (code_point & 0x3f));
}

bool IsSpace(char32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xa0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
         c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

absl::string_view TrimLeadingSpace(absl::string_view text) {
  while (!text.empty()) {
    const CodePoint first = DecodeCodePoint(text);
    if (!IsSpace(first.value)) break;
    text.remove_prefix(first.width);
  }
  return text;
}

absl::string_view TrimSpace(absl::string_view text) {
  text = TrimLeadingSpace(text);
  while (!text.empty()) {
    // Every white space code point has at most three bytes.
    size_t start = text.size() - 1;
    const size_t lowest = text.size() - std::min<size_t>(text.size(), 3);
    while (start > lowest &&
           (static_cast<unsigned char>(text[start]) & 0xc0) == 0x80) {
      --start;
    }
    const CodePoint last = DecodeCodePoint(text.substr(start));
    if (!last.valid || start + last.width != text.size() ||
        !IsSpace(last.value)) {
      break;
    }
    text.remove_suffix(last.width);
  }
  return text;
}

std::vector<std::string> SplitAtBlanks(absl::string_view text, size_t limit) {
  std::vector<std::string> parts;
  while (parts.size() + 1 < limit) {
    size_t end = 0;
    while (end < text.size() && !IsBlank(text[end])) ++end;
    if (end == text.size()) break;
    parts.emplace_back(text.substr(0, end));
    while (end < text.size() && IsBlank(text[end])) ++end;
    text.remove_prefix(end);
  }
  parts.emplace_back(text);
  return parts;
}

}  // namespace rules_dockerfile
