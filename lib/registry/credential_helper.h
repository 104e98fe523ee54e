#ifndef LIB_REGISTRY_CREDENTIAL_HELPER_H_
#define LIB_REGISTRY_CREDENTIAL_HELPER_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace rules_dockerfile {

// Runs `docker-credential-<helper> get` from $PATH with `registry` as its
// input, and returns its output, which is JSON (docker-credential-helpers,
// "Development"). nullopt if it says that there are no credentials.
// NotFound if there is no such program; Unavailable if it fails otherwise,
// without its output.
absl::StatusOr<std::optional<std::string>> RunCredentialHelper(
    const std::string& helper, const std::string& registry);

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_CREDENTIAL_HELPER_H_
