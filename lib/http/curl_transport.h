#ifndef LIB_HTTP_CURL_TRANSPORT_H_
#define LIB_HTTP_CURL_TRANSPORT_H_

#include <memory>

#include "lib/http/limits.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {

// Sends requests with libcurl over kept connections, as many in parallel as
// there are sending threads. TLS 1.2 or later with verified certificates: see
// FindTrust(). Proxies come from the environment, but not for Unix sockets. Of
// `limits`, a Unix socket has only that of connecting: its peer may take any
// time to respond.
std::unique_ptr<HttpTransport> MakeCurlTransport(const HttpLimits& limits = {});

}  // namespace rules_dockerfile

#endif  // LIB_HTTP_CURL_TRANSPORT_H_
