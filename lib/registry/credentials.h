#ifndef LIB_REGISTRY_CREDENTIALS_H_
#define LIB_REGISTRY_CREDENTIALS_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Proof of who one is to a registry. Never part of a message.
struct Credentials {
  std::string username;
  std::string password;
  std::string identity_token;  // OAuth2 refresh token; instead of a password

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

// The credentials for a registry, nullopt if there are none.
using CredentialLookup =
    std::function<absl::StatusOr<std::optional<Credentials>>(
        const std::string& registry)>;

// Runs `docker-credential-<helper> get` with `registry` as input, and returns
// its output; nullopt if it reports none. A parameter of the lookup so that
// tests need no programs.
using CredentialHelper =
    std::function<absl::StatusOr<std::optional<std::string>>(
        const std::string& helper, const std::string& registry)>;

// The credentials for `registry` by the contents of a client's config.json: its
// credential helper ("credHelpers"), else the store ("credsStore"), else
// "auths". InvalidArgument if the file is malformed; the message says where,
// never what.
absl::StatusOr<std::optional<Credentials>> FindCredentials(
    absl::string_view config_json, const std::string& registry,
    const CredentialHelper& helper);

// Looks in $DOCKER_CONFIG/config.json or ~/.docker/config.json, then in
// podman's $REGISTRY_AUTH_FILE or $XDG_RUNTIME_DIR/containers/auth.json, then
// in $NETRC or ~/.netrc (lib/registry/netrc.h).
CredentialLookup SystemCredentials();

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_CREDENTIALS_H_
