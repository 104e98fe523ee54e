#ifndef LIB_HTTP_TRANSPORT_TESTING_H_
#define LIB_HTTP_TRANSPORT_TESTING_H_

#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "lib/base/byte_source.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {

// Does not wait: for SessionOptions::sleep.
inline void NoPause(absl::Duration /*pause*/) {}

// Answers requests from a list, and records them. Not thread-safe.
class FakeTransport : public HttpTransport {
 public:
  // A request that was sent; the body is a copy.
  struct Sent {
    HttpRequest request;
    std::string body;
  };

  explicit FakeTransport(std::vector<absl::StatusOr<HttpResponse>> responses)
      : responses_(responses.begin(), responses.end()) {}

  const std::vector<Sent>& sent() const { return sent_; }

  // "POST http://…" of each request.
  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    for (const Sent& sent : sent_) {
      lines.push_back(absl::StrCat(sent.request.method, " ", sent.request.url));
    }
    return lines;
  }

 private:
  absl::StatusOr<HttpResponse> SendChecked(
      const HttpRequest& request) override {
    sent_.push_back({.request = request, .body = std::string(request.body)});
    sent_.back().request.body = {};
    sent_.back().request.source = nullptr;
    if (request.source != nullptr) {
      absl::StatusOr<std::string> body = ReadBody(*request.source);
      if (!body.ok()) return body.status();
      sent_.back().body = *std::move(body);
    }
    if (responses_.empty()) {
      return absl::InternalError(
          absl::StrCat("unexpected ", request.method, " ", request.url));
    }
    absl::StatusOr<HttpResponse> response = std::move(responses_.front());
    responses_.pop_front();
    if (response.ok() && request.sink != nullptr &&
        response->status / 100 == 2) {
      const absl::Status status = request.sink->Append(response->body);
      if (!status.ok()) return status;
      response->body.clear();
    }
    return response;
  }

  static absl::StatusOr<std::string> ReadBody(ByteSource& source) {
    std::string body;
    char buffer[1000];
    absl::Status status = source.Seek(0);
    while (status.ok()) {
      const absl::StatusOr<size_t> n = source.Read(absl::MakeSpan(buffer));
      status = n.status();
      if (n.ok() && *n == 0) return body;
      if (n.ok()) body.append(buffer, *n);
    }
    return status;
  }

  std::deque<absl::StatusOr<HttpResponse>> responses_;
  std::vector<Sent> sent_;
};

}  // namespace rules_dockerfile

#endif  // LIB_HTTP_TRANSPORT_TESTING_H_
