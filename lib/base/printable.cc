#include "lib/base/printable.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "lib/base/characters.h"

namespace rules_dockerfile {
namespace {

bool IsControl(char32_t value) {
  if (value == '\n' || value == '\t') return false;
  return value < 0x20 || (0x7f <= value && value < 0xa0) ||
         // Explicit directional formatting: Unicode annex 9.
         value == 0x061c || value == 0x200e || value == 0x200f ||
         (0x202a <= value && value <= 0x202e) ||
         (0x2066 <= value && value <= 0x2069);
}

}  // namespace

std::string PrintableText(absl::string_view text) {
  std::string printable;
  while (!text.empty()) {
    const CodePoint next = DecodeCodePoint(text);
    if (!next.valid) {
      absl::StrAppendFormat(&printable, "\\x%02x",
                            static_cast<unsigned char>(text[0]));
    } else if (!IsControl(next.value)) {
      printable.append(text.substr(0, next.width));
    } else {
      const auto value = static_cast<uint32_t>(next.value);
      printable += value < 0x80 ? absl::StrFormat("\\x%02x", value)
                                : absl::StrFormat("\\u%04x", value);
    }
    text.remove_prefix(next.width);
  }
  return printable;
}

std::string SizeText(int64_t bytes) {
  if (bytes < 1000) return absl::StrCat(bytes, " B");
  constexpr absl::string_view kUnits = "kMGTPE";
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  // What would be rounded to 1000 is 1.00 of the next unit.
  for (value /= 1000; value >= 999.5 && unit + 1 < kUnits.size(); ++unit) {
    value /= 1000;
  }
  const int digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return absl::StrFormat("%.*f %cB", digits, value, kUnits[unit]);
}

void PrintMessage(absl::string_view text) {
  const std::string printable = PrintableText(text);
  std::fwrite(printable.data(), 1, printable.size(), stderr);
}

}  // namespace rules_dockerfile
