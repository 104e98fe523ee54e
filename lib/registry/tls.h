#ifndef LIB_REGISTRY_TLS_H_
#define LIB_REGISTRY_TLS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {

// The TLS files for `registry` below the first of `directories` that has a
// directory "HOST" or "HOST:PORT" of its name: each *.crt is a CA that is
// trusted besides the system's, the first *.cert with its *.key is what the
// client shows (docs.docker.com, "Verify repository client with certificates";
// containers-certs.d(5)). None if there is no such directory.
// FailedPrecondition `"d/h/a.cert" has no key: expected "d/h/a.key"`, and
// likewise for a key without a certificate.
absl::StatusOr<TlsFiles> FindRegistryTls(
    const std::string& registry, const std::vector<std::string>& directories);

// Where Docker and podman look: $HOME/.config/docker/certs.d,
// $HOME/.config/containers/certs.d, /etc/containers/certs.d and
// /etc/docker/certs.d.
std::vector<std::string> CertificateDirectories();

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_TLS_H_
