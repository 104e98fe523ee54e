#ifndef LIB_DOCKER_ENDPOINT_H_
#define LIB_DOCKER_ENDPOINT_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {

// Where a Docker daemon, or podman's service with Docker's API, may listen.
struct DaemonEndpoint {
  std::string name;         // for people: `DOCKER_HOST "tcp://h:2375"`
  std::string unix_socket;  // "" for TCP
  std::string url;          // "http://h:2375"; of a socket, "http://docker"
  TlsFiles tls;

  friend bool operator==(const DaemonEndpoint&,
                         const DaemonEndpoint&) = default;
};

// The value of an environment variable, "" if it is unset.
using EnvironmentLookup =
    std::function<std::string(const std::string& variable)>;

// The endpoints to try, in order. Like the docker command: $DOCKER_HOST alone
// if it is set (with $DOCKER_TLS_VERIFY and $DOCKER_CERT_PATH), else that of
// the context ($DOCKER_CONTEXT, or "currentContext" of the client's
// config.json); else the sockets of Docker, rootless Docker, and podman.
// InvalidArgument for a DOCKER_HOST that is not a URL or a context that does
// not exist, Unimplemented for ssh.
absl::StatusOr<std::vector<DaemonEndpoint>> FindDaemonEndpoints(
    const EnvironmentLookup& environment);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKER_ENDPOINT_H_
