#include "lib/http/retry_after.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace rules_dockerfile {
namespace {

// The forms of HTTP-date, the preferred one first (RFC 9110, section 5.6.7).
constexpr absl::string_view kDateFormats[] = {"%a, %d %b %Y %H:%M:%S GMT",
                                              "%A, %d-%b-%y %H:%M:%S GMT",
                                              "%a %b %e %H:%M:%S %Y"};

}  // namespace

std::optional<absl::Duration> ParseRetryAfter(absl::string_view value,
                                              absl::Time now) {
  if (value.empty()) return std::nullopt;
  if (value.find_first_not_of("0123456789") == value.npos) {
    int64_t seconds = 0;
    if (!absl::SimpleAtoi(value, &seconds)) return absl::InfiniteDuration();
    return absl::Seconds(seconds);
  }
  for (const absl::string_view format : kDateFormats) {
    absl::Time time;
    std::string error;
    if (absl::ParseTime(format, value, &time, &error)) {
      return std::max(time - now, absl::ZeroDuration());
    }
  }
  return std::nullopt;
}

}  // namespace rules_dockerfile
