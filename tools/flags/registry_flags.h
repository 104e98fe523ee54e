#ifndef TOOLS_FLAGS_REGISTRY_FLAGS_H_
#define TOOLS_FLAGS_REGISTRY_FLAGS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "lib/http/transport.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {

// What the tools that talk to a registry have in common: the flags --insecure,
// --ca_file, --token_host, --connect_timeout, --response_timeout,
// --stall_timeout and --request_timeout.

// A transport with the limits that the flags say.
std::unique_ptr<HttpTransport> TransportFromFlags();

// How to talk to `registry`: by the flags, and the certificates that Docker or
// podman have for it. Errors: FindRegistryTls().
absl::StatusOr<SessionOptions> SessionOptionsFromFlags(
    const std::string& registry);

}  // namespace rules_dockerfile

#endif  // TOOLS_FLAGS_REGISTRY_FLAGS_H_
