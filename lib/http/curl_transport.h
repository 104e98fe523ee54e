#ifndef LIB_HTTP_CURL_TRANSPORT_H_
#define LIB_HTTP_CURL_TRANSPORT_H_

#include <memory>

#include "lib/http/transport.h"

namespace rules_dockerfile {

// Sends requests with libcurl, one at a time over kept connections. TLS 1.2 or
// later with verified certificates; proxies from the environment, but not for
// Unix sockets. A transfer that stalls for two minutes fails, except that a
// Unix socket's peer may think as long as it wants.
std::unique_ptr<HttpTransport> MakeCurlTransport();

}  // namespace rules_dockerfile

#endif  // LIB_HTTP_CURL_TRANSPORT_H_
