#include "lib/plan/go_format.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

struct Rune {
  uint32_t code_point = 0;
  int length = 0;  // in bytes; 0 if the bytes are not UTF-8
};

// The first character of non-empty `text`.
Rune DecodeRune(absl::string_view text) {
  const uint8_t lead = text[0];
  if (lead < 0x80) return {lead, 1};
  const int length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size_t(length)) return {};
  uint32_t code_point = lead & (0x7f >> length);
  for (int i = 1; i < length; ++i) {
    const uint8_t byte = text[i];
    if ((byte & 0xc0) != 0x80) return {};
    code_point = code_point << 6 | (byte & 0x3f);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code_point >= 0xd800 && code_point < 0xe000;
  if (code_point < kLeast[length] || code_point > 0x10ffff || surrogate) {
    return {};
  }
  return {code_point, length};
}

// Go's unicode.IsPrint, for the characters that a Dockerfile can plausibly
// hold: control and format characters, spaces other than U+0020, private use
// and noncharacters are not printable.
bool IsPrintable(uint32_t rune) {
  struct Range {
    uint32_t first;
    uint32_t last;
  };
  constexpr Range kUnprintable[] = {
      {0x00, 0x1f},       {0x7f, 0xa0},       {0xad, 0xad},
      {0x600, 0x605},     {0x61c, 0x61c},     {0x6dd, 0x6dd},
      {0x70f, 0x70f},     {0x1680, 0x1680},   {0x180e, 0x180e},
      {0x2000, 0x200f},   {0x2028, 0x202f},   {0x205f, 0x206f},
      {0x3000, 0x3000},   {0xe000, 0xf8ff},   {0xfdd0, 0xfdef},
      {0xfeff, 0xfeff},   {0xfff0, 0xfffb},   {0xfffe, 0xffff},
      {0x1d173, 0x1d17a}, {0xe0000, 0xe00ff}, {0xe01f0, 0x10ffff},
  };
  for (const Range& range : kUnprintable) {
    if (rune >= range.first && rune <= range.last) return false;
  }
  return true;
}

std::string EscapedRune(uint32_t rune) {
  switch (rune) {
    case '\a':
      return "\\a";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\v':
      return "\\v";
  }
  if (rune < ' ' || rune == 0x7f) return absl::StrFormat("\\x%02x", rune);
  if (rune < 0x10000) return absl::StrFormat("\\u%04x", rune);
  return absl::StrFormat("\\U%08x", rune);
}

}  // namespace

std::string GoQuote(absl::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const Rune rune = DecodeRune(text);
    const int length = rune.length == 0 ? 1 : rune.length;
    const absl::string_view bytes = text.substr(0, length);
    text.remove_prefix(length);
    if (rune.length == 0) {
      absl::StrAppendFormat(&quoted, "\\x%02x", uint8_t(bytes[0]));
    } else if (bytes == "\"" || bytes == "\\") {
      absl::StrAppend(&quoted, "\\", bytes);
    } else if (IsPrintable(rune.code_point)) {
      absl::StrAppend(&quoted, bytes);
    } else {
      quoted += EscapedRune(rune.code_point);
    }
  }
  return quoted + "\"";
}

std::string GoQuotedList(const std::vector<std::string>& list) {
  return absl::StrCat(
      "[",
      absl::StrJoin(list, " ",
                    [](std::string* out, const std::string& element) {
                      out->append(GoQuote(element));
                    }),
      "]");
}

std::string GoList(const std::vector<std::string>& list) {
  return absl::StrCat("[", absl::StrJoin(list, " "), "]");
}

std::string GoDuration(int64_t nanoseconds) {
  if (nanoseconds == 0) return "0s";
  const absl::string_view sign = nanoseconds < 0 ? "-" : "";
  const uint64_t total =
      nanoseconds < 0 ? 0 - uint64_t(nanoseconds) : uint64_t(nanoseconds);
  // `units` of a unit of `size` nanoseconds, with as many decimals as needed.
  const auto decimal = [](uint64_t value, uint64_t size) {
    std::string fraction;
    for (uint64_t rest = value % size, digit = size / 10; rest != 0;
         rest %= digit, digit /= 10) {
      absl::StrAppend(&fraction, rest / digit);
    }
    return absl::StrCat(value / size, fraction.empty() ? "" : ".", fraction);
  };
  constexpr uint64_t kMicrosecond = 1000;
  constexpr uint64_t kMillisecond = 1000 * kMicrosecond;
  constexpr uint64_t kSecond = 1000 * kMillisecond;
  if (total < kMicrosecond) return absl::StrCat(sign, total, "ns");
  if (total < kMillisecond) {
    return absl::StrCat(sign, decimal(total, kMicrosecond), "µs");
  }
  if (total < kSecond) {
    return absl::StrCat(sign, decimal(total, kMillisecond), "ms");
  }
  const uint64_t minutes = total / (60 * kSecond);
  std::string text(sign);
  if (minutes >= 60) absl::StrAppend(&text, minutes / 60, "h");
  if (minutes > 0) absl::StrAppend(&text, minutes % 60, "m");
  absl::StrAppend(&text, decimal(total % (60 * kSecond), kSecond), "s");
  return text;
}

}  // namespace rules_dockerfile
