#ifndef LIB_HTTP_REDIRECT_H_
#define LIB_HTTP_REDIRECT_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {

// How many redirects a client follows.
inline constexpr int kMaxRedirects = 5;

// Where `response`, a redirect, sends a client that asked for `url`.
// Unavailable `redirect to "http://host" is not followed` if that is not http
// or https, or would leave https for http.
absl::StatusOr<std::string> RedirectTarget(const std::string& url,
                                           const HttpResponse& response);

}  // namespace rules_dockerfile

#endif  // LIB_HTTP_REDIRECT_H_
