#ifndef LIB_REGISTRY_SESSION_H_
#define LIB_REGISTRY_SESSION_H_

#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/http/transport.h"
#include "lib/registry/challenge.h"
#include "lib/registry/credentials.h"

namespace rules_dockerfile {

struct SessionOptions {
  // As in references: "docker.io", "localhost:5000".
  std::string registry;
  // Speak HTTP. A loopback address always does, as with docker.
  bool plain_http = false;
  // What waits between attempts; tests do not.
  std::function<void(absl::Duration)> sleep = [](absl::Duration) {};
};

// Sends requests to one registry, logs in when it asks for it, and follows
// redirects (OCI distribution-spec; "Token Authentication" of the Distribution
// registry). Credentials go to the registry and to the token server that it
// names, over TLS unless the registry itself has none; an Authorization header
// goes to no other origin, and no message has any of it.
class RegistrySession {
 public:
  // `transport` must outlive the session.
  RegistrySession(SessionOptions options, HttpTransport& transport,
                  CredentialLookup credentials);

  // Sends a request for a path of the registry ("/v2/…") or a URL. `actions`
  // is what it needs: "repository:library/debian:pull". Statuses that may go
  // away (429, 5xx) and broken connections are tried three times more, unless
  // the request has a sink, which may have got something.
  //
  // The response has any status but 401. PermissionDenied `registry "h":
  // unauthorized: …` if the registry does not accept the credentials, or there
  // are none; Unavailable `registry "h": …` if it cannot be reached.
  absl::StatusOr<HttpResponse> Send(HttpRequest request,
                                    const std::string& actions);

  // The error for a response that is not what was hoped for, in the words of
  // the registry: NotFound `registry "h" answers 404: manifest unknown`.
  absl::Status ResponseError(const HttpResponse& response) const;

  const std::string& registry() const { return options_.registry; }

 private:
  absl::StatusOr<HttpResponse> SendAuthorized(const HttpRequest& request,
                                              const std::string& actions);
  absl::StatusOr<HttpResponse> FollowRedirects(HttpRequest request,
                                               HttpResponse response);
  absl::StatusOr<HttpResponse> SendRepeatedly(const HttpRequest& request);
  absl::Status Authorize(const HttpResponse& refusal,
                         const std::string& actions);
  absl::StatusOr<std::string> FetchToken(const Challenge& challenge,
                                         const std::string& actions);
  absl::Status Unreachable(const absl::Status& status) const;

  SessionOptions options_;
  HttpTransport* transport_;
  CredentialLookup credentials_;
  std::string origin_;                                // "https://host[:port]"
  std::map<std::string, std::string> authorization_;  // header by actions
};

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_SESSION_H_
