#include "lib/dockerfile/values/suggest.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rules_dockerfile {
namespace {

constexpr int kTooFar = 3;

}  // namespace

int EditDistance(absl::string_view a, absl::string_view b) {
  // `row[j]` is the distance between the read part of `a` and b[0, j).
  std::vector<int> row(b.size() + 1);
  for (size_t j = 0; j < row.size(); ++j) row[j] = static_cast<int>(j);
  for (size_t i = 0; i < a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i) + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const int replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string DidYouMean(absl::string_view value,
                       absl::Span<const std::string> options,
                       bool case_sensitive) {
  const auto folded = [case_sensitive](absl::string_view text) {
    return case_sensitive ? std::string(text) : absl::AsciiStrToLower(text);
  };
  const std::string wanted = folded(value);
  int nearest = kTooFar;
  absl::string_view match;
  for (const std::string& option : options) {
    const std::string candidate = folded(option);
    if (candidate == wanted) return "";
    const auto difference =
        static_cast<long>(candidate.size()) - static_cast<long>(wanted.size());
    if (std::labs(difference) >= kTooFar) continue;
    const int distance = EditDistance(wanted, candidate);
    if (distance < nearest) {
      nearest = distance;
      match = option;
    }
  }
  if (nearest == kTooFar) return "";
  if (!case_sensitive && value != absl::AsciiStrToUpper(value)) {
    return absl::StrCat(" (did you mean ", folded(match), "?)");
  }
  return absl::StrCat(" (did you mean ", match, "?)");
}

}  // namespace rules_dockerfile
