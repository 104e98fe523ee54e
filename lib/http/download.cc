#include "lib/http/download.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/http/url.h"

namespace rules_dockerfile {
namespace {

constexpr int kMaxRedirects = 5;

}  // namespace

absl::StatusOr<HttpResponse> Download(HttpTransport& transport,
                                      const std::string& url, ByteSink* sink) {
  HttpRequest request;
  request.url = url;
  request.sink = sink;
  for (int i = 0; i <= kMaxRedirects; ++i) {
    ABSL_ASSIGN_OR_RETURN(HttpResponse response, transport.Send(request));
    if (response.status == 200) return response;
    if (!response.IsRedirect()) {
      return absl::UnavailableError(
          absl::StrCat("GET ", url, ": got status ", response.status));
    }
    const std::string target =
        ResolveUrl(UrlOrigin(request.url), response.Header("location"));
    const std::string origin = UrlOrigin(target);
    const bool leaves_tls = absl::StartsWith(request.url, "https://") &&
                            !absl::StartsWith(origin, "https://");
    if (origin.empty() || leaves_tls) {
      return absl::UnavailableError(absl::StrCat(
          "GET ", url, ": redirect to \"", origin, "\" is not followed"));
    }
    request.url = target;
  }
  return absl::UnavailableError(
      absl::StrCat("GET ", url, ": too many redirects"));
}

}  // namespace rules_dockerfile
