#include "lib/dockerfile/values/json_form.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "lib/base/characters.h"
#include "nlohmann/json.hpp"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// The UTF-16 unit of a leading \uXXXX.
std::optional<uint32_t> LeadingUnit(absl::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  for (char c : text.substr(2, 4)) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) {
      return std::nullopt;
    }
  }
  uint32_t unit = 0;
  if (!absl::SimpleHexAtoi(text.substr(2, 4), &unit)) return std::nullopt;
  return unit;
}

bool IsHighSurrogate(uint32_t unit) { return unit >> 10 == 0xd800 >> 10; }
bool IsLowSurrogate(uint32_t unit) { return unit >> 10 == 0xdc00 >> 10; }

// The length of the escape sequence that `text` begins with: 2, 6, or 12 for a
// pair of surrogates. 0 for a lone surrogate.
size_t EscapeLength(absl::string_view text) {
  const std::optional<uint32_t> unit = LeadingUnit(text);
  if (!unit) return 2;
  if (IsLowSurrogate(*unit)) return 0;
  if (!IsHighSurrogate(*unit)) return 6;
  const std::optional<uint32_t> low = LeadingUnit(text.substr(6));
  return low && IsLowSurrogate(*low) ? 12 : 0;
}

// `text` with U+FFFD for what a strict JSON reader refuses and Go replaces.
std::string ReplaceInvalid(absl::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    size_t length;
    bool keep = true;
    if (text[0] == '\\') {
      length = EscapeLength(text);
      keep = length != 0;
      if (!keep) length = 6;
    } else {
      const CodePoint next = DecodeCodePoint(text);
      length = next.width;
      keep = next.valid;
    }
    result += keep ? text.substr(0, length) : kReplacement;
    text.remove_prefix(std::min(length, text.size()));
  }
  return result;
}

}  // namespace

absl::StatusOr<std::optional<std::vector<std::string>>> ParseJsonForm(
    absl::string_view text) {
  text = TrimLeadingSpace(text);
  // The library takes a NUL for the end of the text; JSON does not allow NUL.
  if (text.empty() || text[0] != '[' || absl::StrContains(text, '\0')) {
    return std::nullopt;
  }
  const nlohmann::json array = nlohmann::json::parse(
      ReplaceInvalid(text), /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (array.is_discarded()) return std::nullopt;
  std::vector<std::string> strings;
  for (const nlohmann::json& element : array) {
    if (!element.is_string()) {
      return absl::InvalidArgumentError(
          "when using JSON array syntax, arrays must be comprised of strings "
          "only");
    }
    strings.push_back(element.get<std::string>());
  }
  return strings;
}

}  // namespace rules_dockerfile
