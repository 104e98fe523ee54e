#ifndef LIB_HTTP_LIMITS_H_
#define LIB_HTTP_LIMITS_H_

#include "absl/time/time.h"

namespace rules_dockerfile {

// How long the server of a request may take. absl::InfiniteDuration() is not a
// limit.
struct HttpLimits {
  absl::Duration connect = absl::Seconds(30);  // name, TCP and TLS
  // From the last byte of the request to the first of the response.
  absl::Duration response = absl::Seconds(60);
  // Without a byte in either direction while a body is on its way.
  absl::Duration stall = absl::Seconds(60);
  absl::Duration total = absl::Hours(1);  // the request and its response
};

}  // namespace rules_dockerfile

#endif  // LIB_HTTP_LIMITS_H_
