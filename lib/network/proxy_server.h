#ifndef LIB_NETWORK_PROXY_SERVER_H_
#define LIB_NETWORK_PROXY_SERVER_H_

#include <functional>

#include "absl/status/status.h"
#include "lib/network/certificate_authority.h"
#include "lib/network/http_message.h"

namespace rules_dockerfile {

// Answers a request. Called from several threads concurrently.
using ProxyHandler = std::function<ProxyResponse(const ProxyRequest& request)>;

// An HTTP proxy on a listening socket that dials nobody: `handler` has the
// answers. For `CONNECT host:443` it is the TLS server, with a certificate of
// `authority`. One request a connection. Serves until the other end of the
// pipe `control_fd` is closed, and returns when the connections that were
// accepted are done. A malformed request gets a 400.
absl::Status ServeProxy(int listen_fd, int control_fd,
                        const CertificateAuthority& authority,
                        const ProxyHandler& handler);

}  // namespace rules_dockerfile

#endif  // LIB_NETWORK_PROXY_SERVER_H_
