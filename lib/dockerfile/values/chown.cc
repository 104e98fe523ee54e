#include "lib/dockerfile/values/chown.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

Chown ParseChown(absl::string_view text) {
  const size_t colon = text.find(':');
  Chown chown = {.user = std::string(text.substr(0, colon))};
  if (colon != absl::string_view::npos) {
    chown.group = std::string(text.substr(colon + 1));
  }
  return chown;
}

std::optional<uint32_t> NumericId(absl::string_view name) {
  uint32_t id = 0;
  const bool digits_only = absl::c_all_of(
      name, [](unsigned char c) { return absl::ascii_isdigit(c); });
  if (!digits_only || !absl::SimpleAtoi(name, &id)) return std::nullopt;
  return id;
}

}  // namespace rules_dockerfile
