#include "lib/container/memory_size.h"

#include <cmath>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kUnits = "bkmgtp";

}  // namespace

absl::StatusOr<int64_t> ParseMemorySize(absl::string_view text) {
  const auto error = [text] {
    return absl::InvalidArgumentError(
        absl::StrCat("expected a size such as \"512m\", got \"", text, "\""));
  };
  const size_t end = text.find_first_not_of("0123456789.");
  const absl::string_view number = text.substr(0, end);
  std::string unit =
      absl::AsciiStrToLower(absl::StripPrefix(text.substr(number.size()), " "));
  if (unit.size() > 1 && !absl::EndsWith(unit, "b")) return error();
  if (unit.size() == 3 && unit[1] != 'i') return error();
  if (unit.size() > 3 || (unit.size() > 1 && unit[0] == 'b')) return error();
  const size_t power = unit.empty() ? 0 : kUnits.find(unit[0]);
  double value = 0;
  if (power == kUnits.npos || number.empty() ||
      !absl::SimpleAtod(number, &value)) {
    return error();
  }
  value = std::ldexp(value, static_cast<int>(10 * power));
  if (value < 1 || value >= std::ldexp(1, 63)) return error();
  return static_cast<int64_t>(value);
}

}  // namespace rules_dockerfile
