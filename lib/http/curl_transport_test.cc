// Talks to a server on a Unix socket in a thread of this process.
#include "lib/http/curl_transport.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {
namespace {

// Answers one request with `response`, and keeps what it received: all up to
// the end of `last`.
class OneShotServer {
 public:
  OneShotServer(std::string path, std::string response, std::string last)
      : path_(std::move(path)) {
    listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof(address.sun_path) - 1);
    unlink(path_.c_str());
    EXPECT_EQ(
        bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
        0);
    EXPECT_EQ(listen(listener_, 1), 0);
    thread_ = std::thread(
        [this, response = std::move(response), last = std::move(last)] {
          const int fd = accept(listener_, nullptr, nullptr);
          char buffer[4096];
          while (!absl::StrContains(received_, last)) {
            const ssize_t n = read(fd, buffer, sizeof(buffer));
            if (n <= 0) break;
            received_.append(buffer, n);
          }
          EXPECT_EQ(write(fd, response.data(), response.size()),
                    static_cast<ssize_t>(response.size()));
          close(fd);
        });
  }
  ~OneShotServer() {
    if (thread_.joinable()) thread_.join();
    close(listener_);
    unlink(path_.c_str());
  }

  const std::string& received() {
    thread_.join();
    return received_;
  }

 private:
  std::string path_;
  int listener_;
  std::string received_;
  std::thread thread_;
};

// A short path: the address of a Unix socket has 108 bytes.
std::string SocketPath() { return absl::StrCat("/tmp/curl_test.", getpid()); }

TEST(CurlTransport, SendsABodyAndReadsAResponse) {
  OneShotServer server(SocketPath(),
                       "HTTP/1.1 201 Created\r\nLocation:  /x\r\n"
                       "Content-Length: 5\r\n\r\nhello",
                       "the body");
  HttpRequest request = {.method = "POST",
                         .url = "http://docker/images/load?quiet=1",
                         .headers = {{"Content-Type", "application/x-tar"}},
                         .body = "the body",
                         .unix_socket = SocketPath()};
  const absl::StatusOr<HttpResponse> response =
      MakeCurlTransport()->Send(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->Header("location"), "/x");
  EXPECT_EQ(response->body, "hello");
  const std::string& received = server.received();
  EXPECT_TRUE(absl::StartsWith(
      received, "POST /images/load?quiet=1 HTTP/1.1\r\nHost: docker\r\n"))
      << received;
  EXPECT_TRUE(absl::StrContains(received, "Content-Length: 8\r\n"));
  EXPECT_TRUE(
      absl::StrContains(received, "Content-Type: application/x-tar\r\n"));
  EXPECT_FALSE(absl::StrContains(received, "Expect:"));
}

TEST(CurlTransport, SendsTheBodyOfASuccessToTheSink) {
  OneShotServer server(SocketPath(),
                       "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                       "\r\n\r\n");
  StringSink sink;
  const absl::StatusOr<HttpResponse> response = MakeCurlTransport()->Send(
      {.url = "http://docker/", .unix_socket = SocketPath(), .sink = &sink});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(sink.contents(), "hello");
  EXPECT_EQ(response->body, "");
}

TEST(CurlTransport, KeepsTheBodyOfAFailureFromTheSink) {
  OneShotServer server(SocketPath(),
                       "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\n"
                       "gone",
                       "\r\n\r\n");
  StringSink sink;
  const absl::StatusOr<HttpResponse> response = MakeCurlTransport()->Send(
      {.url = "http://docker/", .unix_socket = SocketPath(), .sink = &sink});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(sink.contents(), "");
  EXPECT_EQ(response->body, "gone");
}

TEST(CurlTransport, FailsIfTheResponseBreaksOff) {
  OneShotServer server(SocketPath(),
                       "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
                       "\r\n\r\n");
  const absl::StatusOr<HttpResponse> response = MakeCurlTransport()->Send(
      {.url = "http://docker/", .unix_socket = SocketPath()});
  EXPECT_EQ(response.status().code(), absl::StatusCode::kUnavailable);
}

TEST(CurlTransport, SaysWhyThereIsNoConnection) {
  EXPECT_EQ(
      MakeCurlTransport()
          ->Send({.url = "http://docker/", .unix_socket = "/nowhere.sock"})
          .status(),
      absl::UnavailableError("cannot connect: No such file or directory"));
}

TEST(CurlTransport, RefusesOtherProtocols) {
  EXPECT_EQ(
      MakeCurlTransport()->Send({.url = "file:///etc/passwd"}).status().code(),
      absl::StatusCode::kInvalidArgument);
}

TEST(UrlEncode, EncodesAllButUnreservedCharacters) {
  EXPECT_EQ(UrlEncode("a-b.c_d~1"), "a-b.c_d~1");
  EXPECT_EQ(UrlEncode("a/b:c d\xc3"), "a%2Fb%3Ac%20d%C3");
}

}  // namespace
}  // namespace rules_dockerfile
