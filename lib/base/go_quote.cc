#include "lib/base/go_quote.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "lib/base/characters.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

// Go's unicode.IsPrint.
bool IsPrintable(char32_t value, absl::string_view utf8) {
  if (value < 0x80) return value >= ' ' && value < 0x7f;
  static const RE2& printable = *new RE2(R"([\pL\pM\pN\pP\pS])");
  return RE2::FullMatch(utf8, printable);
}

// The letter after the backslash, or 0.
char ShortEscape(char32_t value) {
  switch (value) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '\a':
      return 'a';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\v':
      return 'v';
    default:
      return 0;
  }
}

}  // namespace

std::string GoQuote(absl::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const CodePoint next = DecodeCodePoint(text);
    const absl::string_view utf8 = text.substr(0, next.width);
    text.remove_prefix(next.width);
    const auto value = static_cast<uint32_t>(next.value);
    if (!next.valid) {
      absl::StrAppendFormat(&quoted, "\\x%02x",
                            static_cast<unsigned char>(utf8[0]));
    } else if (const char letter = ShortEscape(value); letter != 0) {
      quoted += '\\';
      quoted += letter;
    } else if (IsPrintable(value, utf8)) {
      quoted.append(utf8.data(), utf8.size());
    } else if (value < 0x80) {
      absl::StrAppendFormat(&quoted, "\\x%02x", value);
    } else if (value < 0x10000) {
      absl::StrAppendFormat(&quoted, "\\u%04x", value);
    } else {
      absl::StrAppendFormat(&quoted, "\\U%08x", value);
    }
  }
  quoted += '"';
  return quoted;
}

}  // namespace rules_dockerfile
