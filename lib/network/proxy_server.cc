#include "lib/network/proxy_server.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/network/connection.h"
#include "lib/network/http_message.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMaxHead = 256 << 10;
constexpr size_t kMaxBody = 256 << 20;

absl::Status BodyTooLong() {
  return absl::InvalidArgumentError("the body of the request is too long");
}

absl::StatusOr<std::string> ReadChunks(Connection& connection) {
  std::string body;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::string line,
                          connection.ReadLine(kMaxHead));
    const std::string size_text(line.substr(0, line.find_first_of("; ")));
    size_t size = 0;
    if (!absl::SimpleHexAtoi(size_text, &size)) {
      return absl::InvalidArgumentError("malformed chunk size");
    }
    if (size == 0) break;
    if (size > kMaxBody - body.size()) return BodyTooLong();
    ABSL_ASSIGN_OR_RETURN(const std::string chunk, connection.ReadBytes(size));
    body += chunk;
    ABSL_RETURN_IF_ERROR(connection.ReadLine(kMaxHead).status());
  }
  ABSL_RETURN_IF_ERROR(connection.ReadHead(kMaxHead).status());  // trailers
  return body;
}

absl::StatusOr<std::string> ReadBody(Connection& connection,
                                     const RequestHead& head) {
  if (absl::EqualsIgnoreCase(head.Header("Expect"), "100-continue")) {
    ABSL_RETURN_IF_ERROR(connection.Write("HTTP/1.1 100 Continue\r\n\r\n"));
  }
  if (!head.Header("Transfer-Encoding").empty()) {
    return ReadChunks(connection);
  }
  const std::string length = head.Header("Content-Length");
  if (length.empty()) return "";
  size_t size = 0;
  if (!absl::SimpleAtoi(length, &size)) {
    return absl::InvalidArgumentError("malformed Content-Length");
  }
  if (size > kMaxBody) return BodyTooLong();
  return connection.ReadBytes(size);
}

// The server that a CONNECT asked for: host, and its part of an URL.
struct Tunnel {
  std::string host;
  std::string origin;  // "https://host" or "https://host:8443"
};

absl::StatusOr<Tunnel> ParseTunnel(absl::string_view target) {
  const std::pair<absl::string_view, absl::string_view> parts = {
      target.substr(0, target.rfind(':')),
      target.substr(target.rfind(':') + 1)};
  int port = 0;
  if (parts.first.empty() || !absl::SimpleAtoi(parts.second, &port)) {
    return absl::InvalidArgumentError(
        absl::StrCat("CONNECT \"", target, "\": expected host:port"));
  }
  absl::string_view host = parts.first;
  if (absl::ConsumePrefix(&host, "[")) host = absl::StripSuffix(host, "]");
  return Tunnel{
      .host = std::string(host),
      .origin = absl::StrCat("https://", parts.first, port == 443 ? "" : ":",
                             port == 443 ? "" : parts.second)};
}

absl::Status Answer(Connection& connection,
                    const CertificateAuthority& authority,
                    const ProxyHandler& handler) {
  ABSL_ASSIGN_OR_RETURN(std::string text, connection.ReadHead(kMaxHead));
  if (text.empty()) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(RequestHead head, ParseRequestHead(text));
  std::string origin;
  if (head.method == "CONNECT") {
    ABSL_ASSIGN_OR_RETURN(const Tunnel tunnel, ParseTunnel(head.target));
    ABSL_ASSIGN_OR_RETURN(const std::shared_ptr<SSL_CTX> context,
                          authority.ServerContext(tunnel.host));
    ABSL_RETURN_IF_ERROR(connection.Write("HTTP/1.1 200 -\r\n\r\n"));
    // A client that does not trust the authority reports so itself.
    if (!connection.StartTls(context.get()).ok()) return absl::OkStatus();
    ABSL_ASSIGN_OR_RETURN(text, connection.ReadHead(kMaxHead));
    if (text.empty()) return absl::OkStatus();
    ABSL_ASSIGN_OR_RETURN(head, ParseRequestHead(text));
    origin = tunnel.origin;
  } else if (!absl::StartsWith(head.target, "http://")) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", head.target, "\": this is a proxy"));
  }
  ABSL_ASSIGN_OR_RETURN(std::string body, ReadBody(connection, head));
  const ProxyResponse response = handler({.method = head.method,
                                          .url = origin + head.target,
                                          .headers = std::move(head.headers),
                                          .body = std::move(body)});
  return connection.Write(ResponseText(response, head.method));
}

void Serve(int fd, const CertificateAuthority& authority,
           const ProxyHandler& handler) {
  Connection connection(fd);
  const absl::Status status = Answer(connection, authority, handler);
  if (!absl::IsInvalidArgument(status)) return;
  // Whether the client still listens is its own affair.
  connection
      .Write(ResponseText(
          {.status = 400,
           .headers = {{"Content-Type", "text/plain"}},
           .body = absl::StrCat("locked network: ", status.message(), "\n")},
          "GET"))
      .IgnoreError();
}

}  // namespace

absl::Status ServeProxy(int listen_fd, int control_fd,
                        const CertificateAuthority& authority,
                        const ProxyHandler& handler) {
  signal(SIGPIPE, SIG_IGN);
  std::vector<std::thread> threads;
  while (true) {
    pollfd fds[] = {{.fd = listen_fd, .events = POLLIN, .revents = 0},
                    {.fd = control_fd, .events = POLLIN, .revents = 0}};
    if (poll(fds, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return absl::ErrnoToStatus(errno, "cannot poll");
    }
    if (fds[1].revents != 0) break;
    const int fd = accept4(listen_fd, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    threads.emplace_back(Serve, fd, std::cref(authority), std::cref(handler));
  }
  for (std::thread& thread : threads) thread.join();
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
