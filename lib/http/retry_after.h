#ifndef LIB_HTTP_RETRY_AFTER_H_
#define LIB_HTTP_RETRY_AFTER_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace rules_dockerfile {

// How long a Retry-After header asks to wait: its seconds, or until its date,
// zero if that has passed (RFC 9110, section 10.2.3). nullopt if it is neither.
std::optional<absl::Duration> ParseRetryAfter(absl::string_view value,
                                              absl::Time now);

}  // namespace rules_dockerfile

#endif  // LIB_HTTP_RETRY_AFTER_H_
