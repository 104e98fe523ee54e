#include "tools/flags/registry_flags.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/tool.h"
#include "lib/http/curl_transport.h"
#include "lib/http/limits.h"
#include "lib/http/transport.h"
#include "lib/registry/session.h"
#include "lib/registry/tls.h"

ABSL_FLAG(bool, insecure, false, "use HTTP, not HTTPS, for the registry");
ABSL_FLAG(absl::Duration, connect_timeout,
          rules_dockerfile::HttpLimits().connect,
          "longest wait for a connection");
ABSL_FLAG(absl::Duration, response_timeout,
          rules_dockerfile::HttpLimits().response,
          "longest wait for a response once a request is sent");
ABSL_FLAG(absl::Duration, stall_timeout, rules_dockerfile::HttpLimits().stall,
          "longest time without a byte sent or received");
ABSL_FLAG(absl::Duration, request_timeout, rules_dockerfile::HttpLimits().total,
          "longest time for a request and its response");
RULES_DOCKERFILE_REPEATED_FLAG(
    ca_file, "PEM file of a CA to trust besides those of the system");
RULES_DOCKERFILE_REPEATED_FLAG(
    token_host,
    "HOST[:PORT] that may issue tokens, besides the registry; default: any");

namespace rules_dockerfile {

std::unique_ptr<HttpTransport> TransportFromFlags() {
  return MakeCurlTransport({.connect = absl::GetFlag(FLAGS_connect_timeout),
                            .response = absl::GetFlag(FLAGS_response_timeout),
                            .stall = absl::GetFlag(FLAGS_stall_timeout),
                            .total = absl::GetFlag(FLAGS_request_timeout)});
}

absl::StatusOr<SessionOptions> SessionOptionsFromFlags(
    const std::string& registry) {
  SessionOptions options = {.registry = registry,
                            .plain_http = absl::GetFlag(FLAGS_insecure),
                            .token_hosts = FLAGS_token_host_values()};
  ABSL_ASSIGN_OR_RETURN(options.tls,
                        FindRegistryTls(registry, CertificateDirectories()));
  for (const std::string& file : FLAGS_ca_file_values()) {
    options.tls.extra_cas.push_back(file);
  }
  return options;
}

}  // namespace rules_dockerfile
