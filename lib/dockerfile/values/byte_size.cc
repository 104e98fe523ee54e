#include "lib/dockerfile/values/byte_size.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/go_quote.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kUnits = "kmgtp";
constexpr double kLargest = 9223372036854775808.0;  // 2^63

}  // namespace

absl::StatusOr<int64_t> ParseByteSize(absl::string_view text) {
  static const RE2& pattern = *new RE2(
      R"((?i)([0-9]+(?:\.[0-9]*)?|\.[0-9]+) ?(?:b|([kmgtp])(?:i?b)?)?)");
  std::string number, unit;
  double value = 0;
  if (!RE2::FullMatch(text, pattern, &number, &unit) ||
      !absl::SimpleAtod(number, &value)) {
    return absl::InvalidArgumentError(
        absl::StrCat("invalid size: ", GoQuote(text)));
  }
  if (!unit.empty()) {
    const size_t power =
        kUnits.find(absl::ascii_tolower(static_cast<unsigned char>(unit[0])));
    value *= std::pow(1024.0, static_cast<double>(power) + 1);
  }
  if (value >= kLargest) {
    return absl::InvalidArgumentError(
        absl::StrCat("invalid size: ", GoQuote(text)));
  }
  return static_cast<int64_t>(value);
}

}  // namespace rules_dockerfile
