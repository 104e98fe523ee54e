#ifndef LIB_NETWORK_HTTP_MESSAGE_H_
#define LIB_NETWORK_HTTP_MESSAGE_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A request that a client sent to a proxy.
struct ProxyRequest {
  std::string method;
  std::string url;  // absolute: "https://host/path?query"
  std::vector<std::pair<std::string, std::string>> headers;  // as sent
  std::string body;

  friend bool operator==(const ProxyRequest&, const ProxyRequest&) = default;
};

struct ProxyResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  friend bool operator==(const ProxyResponse&, const ProxyResponse&) = default;
};

// The first lines of a request (RFC 9112, sections 2 to 6).
struct RequestHead {
  std::string method;
  std::string target;  // as sent: absolute, a path, or host:port for CONNECT
  std::vector<std::pair<std::string, std::string>> headers;

  // The value of the header whose name, in any case, is `name`; "" for none.
  std::string Header(absl::string_view name) const;

  friend bool operator==(const RequestHead&, const RequestHead&) = default;
};

// Reads a head, with or without its final empty line. InvalidArgument if it is
// malformed; folded headers and blanks before a colon are (section 5.2, 5.1).
absl::StatusOr<RequestHead> ParseRequestHead(absl::string_view text);

// The bytes of an answer to `method` that ends the connection; Content-Length
// and Connection are added, and a body that the status or HEAD forbids is not.
std::string ResponseText(const ProxyResponse& response,
                         absl::string_view method);

}  // namespace rules_dockerfile

#endif  // LIB_NETWORK_HTTP_MESSAGE_H_
