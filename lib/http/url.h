#ifndef LIB_HTTP_URL_H_
#define LIB_HTTP_URL_H_

#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// "https://host:port" of a URL, lower case; "" if it has no http or https
// scheme, or user information before the host.
std::string UrlOrigin(absl::string_view url);

// `location` as seen from a resource of `origin`: absolute, or a path there.
std::string ResolveUrl(absl::string_view origin, absl::string_view location);

// `url` with one more query parameter; `value` is encoded.
std::string WithQuery(absl::string_view url, absl::string_view name,
                      absl::string_view value);

// Whether the host, which may have a port, is a loopback address.
bool IsLoopback(absl::string_view host);

}  // namespace rules_dockerfile

#endif  // LIB_HTTP_URL_H_
