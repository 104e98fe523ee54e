#include "lib/base/owner_id.h"

#include <cstdint>
#include <limits>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

absl::Status CheckOwnerId(int64_t id, int64_t max) {
  if (id >= 0 && id <= max) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("uids and gids must be in range 0-", max));
}

std::optional<int64_t> ParseOwnerId(absl::string_view text) {
  const bool negative = absl::StartsWith(text, "-");
  const bool sign = negative || absl::StartsWith(text, "+");
  const absl::string_view digits = text.substr(sign ? 1 : 0);
  if (digits.empty() ||
      digits.find_first_not_of("0123456789") != absl::string_view::npos) {
    return std::nullopt;
  }
  int64_t id = 0;
  if (absl::SimpleAtoi(text, &id)) return id;
  return negative ? std::numeric_limits<int64_t>::min()
                  : std::numeric_limits<int64_t>::max();
}

}  // namespace rules_dockerfile
