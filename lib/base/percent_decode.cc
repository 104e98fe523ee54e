#include "lib/base/percent_decode.h"

#include <optional>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

std::optional<std::string> PercentDecode(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    std::string byte;
    if (!absl::HexStringToBytes(text.substr(i + 1, 2), &byte) || byte.empty()) {
      return std::nullopt;
    }
    decoded += byte;
    i += 2;
  }
  return decoded;
}

}  // namespace rules_dockerfile
