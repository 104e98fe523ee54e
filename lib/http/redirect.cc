#include "lib/http/redirect.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/http/url.h"

namespace rules_dockerfile {

absl::StatusOr<std::string> RedirectTarget(const std::string& url,
                                           const HttpResponse& response) {
  std::string target = ResolveUrl(UrlOrigin(url), response.Header("location"));
  const std::string origin = UrlOrigin(target);
  const bool leaves_tls = absl::StartsWith(url, "https://") &&
                          !absl::StartsWith(origin, "https://");
  if (origin.empty() || leaves_tls) {
    return absl::UnavailableError(
        absl::StrCat("redirect to \"", origin, "\" is not followed"));
  }
  return target;
}

}  // namespace rules_dockerfile
