#include "lib/http/download.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "lib/http/redirect.h"

namespace rules_dockerfile {
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
    absl::StatusOr<std::string> target = RedirectTarget(request.url, response);
    if (!target.ok()) {
      return absl::UnavailableError(
          absl::StrCat("GET ", url, ": ", target.status().message()));
    }
    request.url = *std::move(target);
  }
  return absl::UnavailableError(
      absl::StrCat("GET ", url, ": too many redirects"));
}

}  // namespace rules_dockerfile
