#ifndef LIB_HTTP_TRANSPORT_H_
#define LIB_HTTP_TRANSPORT_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/base/byte_source.h"

namespace rules_dockerfile {

// Files of a TLS client, in PEM; "" for the system's or none.
struct TlsFiles {
  std::string ca;                      // trusted in place of the system's
  std::vector<std::string> extra_cas;  // trusted besides
  std::string certificate;
  std::string key;

  friend bool operator==(const TlsFiles&, const TlsFiles&) = default;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http or https
  std::map<std::string, std::string> headers;
  absl::string_view body;  // borrowed; sent if not GET or HEAD
  // Sent in place of `body`, if set, from its start; it must outlive Send().
  ByteSource* source = nullptr;
  // Connect to this Unix socket instead of the host of the URL.
  std::string unix_socket;
  TlsFiles tls;
  // Gets the body of a 2xx response, if set; it must outlive Send().
  ByteSink* sink = nullptr;
};

struct HttpResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  // by lower-case name
  std::string body;                            // empty if it went to the sink

  // The header of the lower-case name, "" if it is not there.
  absl::string_view Header(const std::string& name) const {
    const auto header = headers.find(name);
    return header == headers.end() ? absl::string_view() : header->second;
  }

  // Whether the status sends the client to another URL, that of `location`.
  bool IsRedirect() const {
    return status == 301 || status == 302 || status == 303 || status == 307 ||
           status == 308;
  }
};

// InvalidArgument `header "Authorization" has a control character` if the
// request cannot be sent as one: a character of its URL or a header would end
// the line. No message has a value.
absl::Status CheckRequest(const HttpRequest& request);

// Sends HTTP requests; redirects are the caller's to follow. An answer of any
// status is a response; an error is a transport's: Unavailable if there is no
// connection or it breaks, DeadlineExceeded if it takes too long,
// FailedPrecondition if the server's certificate is not trusted or the TLS
// files are invalid, InvalidArgument for a URL that cannot be sent to and of
// CheckRequest(), the sink's and the source's own, ResourceExhausted if a body
// in memory exceeds 16 MiB. Thread-safe, but a source or sink belongs to one
// request at a time.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  absl::StatusOr<HttpResponse> Send(const HttpRequest& request);

 private:
  // Sends a request that CheckRequest() has nothing against.
  virtual absl::StatusOr<HttpResponse> SendChecked(
      const HttpRequest& request) = 0;
};

// `text` with all but unreserved characters (RFC 3986) percent-encoded.
std::string UrlEncode(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_HTTP_TRANSPORT_H_
