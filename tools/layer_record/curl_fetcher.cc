#include "tools/layer_record/curl_fetcher.h"

#include <utility>

#include "absl/status/status_macros.h"
#include "lib/base/byte_sink.h"
#include "lib/http/curl_transport.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {

absl::StatusOr<ProxyResponse> FetchWithCurl(const ProxyRequest& request) {
  StringSink body;
  HttpRequest sent;
  sent.method = request.method;
  sent.url = request.url;
  sent.body = request.body;
  sent.sink = &body;
  for (const auto& [name, value] : request.headers) sent.headers[name] = value;
  ABSL_ASSIGN_OR_RETURN(HttpResponse got, MakeCurlTransport()->Send(sent));
  ProxyResponse response = {.status = got.status, .headers = {}, .body = {}};
  response.body =
      body.contents().empty() ? std::move(got.body) : body.contents();
  for (const auto& [name, value] : got.headers) {
    response.headers.emplace_back(name, value);
  }
  return response;
}

}  // namespace rules_dockerfile
