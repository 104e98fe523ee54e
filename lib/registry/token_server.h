#ifndef LIB_REGISTRY_TOKEN_SERVER_H_
#define LIB_REGISTRY_TOKEN_SERVER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/http/transport.h"
#include "lib/registry/challenge.h"
#include "lib/registry/credentials.h"

namespace rules_dockerfile {

// The token server of a registry ("Token Authentication" of the Distribution
// registry), as the registry's challenge names it.
struct TokenServer {
  std::string realm;    // its URL
  std::string service;  // "" if none is given

  friend bool operator==(const TokenServer&, const TokenServer&) = default;
};

// Which token servers get credentials.
struct TokenServerRules {
  std::string registry_origin;     // "https://h.x"; always allowed
  std::vector<std::string> hosts;  // "auth.x", "auth.x:8443"; empty: all
};

// The token server of `challenge`. PermissionDenied `token server
// "http://auth.x/token": expected an https URL` if the registry uses TLS and it
// does not, `expected one of the token servers "a.x", "b.x", got "c.x"` if it
// is not one of the hosts.
absl::StatusOr<TokenServer> FindTokenServer(const Challenge& challenge,
                                            const TokenServerRules& rules);

// A request for a token. The request borrows its body from `form`.
struct TokenRequest {
  HttpRequest request;
  std::string form;
};

// Asks for a token for `scopes`, "repository:a/b:pull", several divided by
// blanks.
absl::StatusOr<TokenRequest> MakeTokenRequest(
    const TokenServer& server, absl::string_view scopes,
    const std::optional<Credentials>& credentials);

struct RegistryToken {
  std::string text;
  absl::Duration lifetime;  // since the answer
};

// The token of a token server's answer, which is good for a minute if it does
// not say for how long. Unavailable if it has none.
absl::StatusOr<RegistryToken> TokenOf(absl::string_view body);

// The value of an Authorization header with user name and password.
// InvalidArgument `the user name has a control character or a colon` (RFC 7617,
// section 2).
absl::StatusOr<std::string> BasicAuthorization(const Credentials& credentials);

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_TOKEN_SERVER_H_
