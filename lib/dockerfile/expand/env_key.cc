#include "lib/dockerfile/expand/env_key.h"

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "re2/re2.h"

namespace rules_dockerfile {

bool IsProxyName(absl::string_view name) {
  for (const absl::string_view proxy :
       {"HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"}) {
    if (absl::EqualsIgnoreCase(name, proxy)) return true;
  }
  return false;
}

bool IsHiddenArgument(absl::string_view name) {
  return name == "BUILDKIT_SBOM_SCAN_CONTEXT" ||
         name == "BUILDKIT_SBOM_SCAN_STAGE";
}

bool IsSecretName(absl::string_view name) {
  static const RE2& secret = *new RE2(
      "(?i)(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|"
      "secret|token)(?:_|$)");
  static const RE2& harmless =
      *new RE2("(?i)(?:_|^)(?:public|file|version)(?:_|$)");
  return RE2::PartialMatch(name, secret) && !RE2::PartialMatch(name, harmless);
}

}  // namespace rules_dockerfile
