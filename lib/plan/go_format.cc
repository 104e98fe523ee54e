#include "lib/plan/go_format.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/base/go_quote.h"

namespace rules_dockerfile {

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
