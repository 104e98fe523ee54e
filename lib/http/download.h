#ifndef LIB_HTTP_DOWNLOAD_H_
#define LIB_HTTP_DOWNLOAD_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/base/byte_sink.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {

// Fetches `url` into `sink`. Follows up to five redirects, but never from https
// to http. Unavailable `GET <url>: got status 404` if the response is not 200.
absl::StatusOr<HttpResponse> Download(HttpTransport& transport,
                                      const std::string& url, ByteSink* sink);

}  // namespace rules_dockerfile

#endif  // LIB_HTTP_DOWNLOAD_H_
