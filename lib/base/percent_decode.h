#ifndef LIB_BASE_PERCENT_DECODE_H_
#define LIB_BASE_PERCENT_DECODE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// `text` with each "%2B" as the byte that it means (RFC 3986, section 2.1).
// nullopt if a "%" is not followed by two hexadecimal digits.
std::optional<std::string> PercentDecode(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_PERCENT_DECODE_H_
