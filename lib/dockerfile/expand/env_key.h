#ifndef LIB_DOCKERFILE_EXPAND_ENV_KEY_H_
#define LIB_DOCKERFILE_EXPAND_ENV_KEY_H_

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Whether `name` is one of HTTP_PROXY, HTTPS_PROXY, FTP_PROXY, NO_PROXY and
// ALL_PROXY in any case: build arguments that every RUN gets without an ARG.
bool IsProxyName(absl::string_view name);

// Whether an ARG of this name is left out of the stage's environment
// (BUILDKIT_SBOM_SCAN_CONTEXT, BUILDKIT_SBOM_SCAN_STAGE).
bool IsHiddenArgument(absl::string_view name);

// Whether a value of this name is likely to be a secret: the rule
// SecretsUsedInArgOrEnv of `docker build --check`.
bool IsSecretName(absl::string_view name);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_EXPAND_ENV_KEY_H_
