#include "lib/dockerfile/values/duration.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/go_quote.h"

namespace rules_dockerfile {
namespace {

constexpr uint64_t kLimit = uint64_t{1} << 63;

// Returns the nanoseconds in a unit, 0 for an unknown unit.
uint64_t NanosecondsIn(absl::string_view unit) {
  if (unit == "ns") return 1;
  if (unit == "us" || unit == "\xc2\xb5s" || unit == "\xce\xbcs") return 1000;
  if (unit == "ms") return 1000 * 1000;
  if (unit == "s") return 1000 * 1000 * 1000;
  if (unit == "m") return uint64_t{60} * 1000 * 1000 * 1000;
  if (unit == "h") return uint64_t{3600} * 1000 * 1000 * 1000;
  return 0;
}

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

absl::string_view TakeDigits(absl::string_view& text) {
  size_t size = 0;
  while (size < text.size() && IsDigit(text[size])) ++size;
  const absl::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits;
}

// The number, nullopt if it is more than 2^63.
std::optional<uint64_t> IntegerOf(absl::string_view digits) {
  uint64_t value = 0;
  for (char c : digits) {
    if (value > kLimit / 10) return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(c - '0');
    if (value > kLimit) return std::nullopt;
  }
  return value;
}

// The nanoseconds of "0.<digits>" units, rounded down. Digits beyond what fits
// are dropped, as Go does.
uint64_t FractionOf(absl::string_view digits, uint64_t unit) {
  uint64_t value = 0;
  double scale = 1;
  for (char c : digits) {
    if (value > (kLimit - 1) / 10) break;
    const uint64_t next = value * 10 + static_cast<uint64_t>(c - '0');
    if (next > kLimit) break;
    value = next;
    scale *= 10;
  }
  return static_cast<uint64_t>(static_cast<double>(value) *
                               (static_cast<double>(unit) / scale));
}

// Removes "1.5h" from the front of `rest`; the nanoseconds, at most kLimit. An
// error has what is wrong, "invalid" or "missing unit in".
absl::StatusOr<uint64_t> TakeTerm(absl::string_view& rest) {
  const auto wrong = [](absl::string_view what) {
    return absl::InvalidArgumentError(what);
  };
  const absl::string_view whole = TakeDigits(rest);
  const std::optional<uint64_t> count = IntegerOf(whole);
  if (!count) return wrong("invalid");
  absl::string_view fraction;
  if (absl::ConsumePrefix(&rest, ".")) fraction = TakeDigits(rest);
  if (whole.empty() && fraction.empty()) return wrong("invalid");
  size_t size = 0;
  while (size < rest.size() && rest[size] != '.' && !IsDigit(rest[size])) {
    ++size;
  }
  if (size == 0) return wrong("missing unit in");
  const absl::string_view name = rest.substr(0, size);
  const uint64_t unit = NanosecondsIn(name);
  if (unit == 0) {
    return wrong(absl::StrCat("unknown unit ", GoQuote(name), " in"));
  }
  rest.remove_prefix(size);
  if (*count > kLimit / unit) return wrong("invalid");
  return *count * unit + FractionOf(fraction, unit);
}

}  // namespace

absl::StatusOr<int64_t> ParseGoDuration(absl::string_view text) {
  const auto invalid = [text](absl::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat("time: ", what, " duration ", GoQuote(text)));
  };
  absl::string_view rest = text;
  const bool negative = absl::ConsumePrefix(&rest, "-");
  if (!negative) absl::ConsumePrefix(&rest, "+");
  if (rest == "0") return 0;
  if (rest.empty()) return invalid("invalid");
  uint64_t total = 0;
  while (!rest.empty()) {
    const absl::StatusOr<uint64_t> term = TakeTerm(rest);
    if (!term.ok()) return invalid(term.status().message());
    total += *term;
    if (total > kLimit) return invalid("invalid");
  }
  if (negative) return -static_cast<int64_t>(total - 1) - 1;
  if (total == kLimit) return invalid("invalid");
  return static_cast<int64_t>(total);
}

}  // namespace rules_dockerfile
