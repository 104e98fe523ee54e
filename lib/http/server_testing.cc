#include "lib/http/server_testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "openssl/ssl.h"

namespace rules_dockerfile {

// One client. Its thread reads and writes; another may only shut it down.
class ScriptedServer::Connection {
 public:
  Connection(int fd, SSL_CTX* tls)
      : fd_(fd), ssl_(tls == nullptr ? nullptr : SSL_new(tls)) {
    if (ssl_ != nullptr) SSL_set_fd(ssl_, fd_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    SSL_free(ssl_);
    close(fd_);
  }

  bool Open() { return ssl_ == nullptr || SSL_accept(ssl_) == 1; }
  void ShutDown() { shutdown(fd_, SHUT_RDWR); }

  // Appends what comes; false at the end.
  bool Read(std::string& bytes) {
    char buffer[1 << 16];
    const ssize_t n = ssl_ == nullptr ? read(fd_, buffer, sizeof(buffer))
                                      : SSL_read(ssl_, buffer, sizeof(buffer));
    if (n <= 0) return false;
    bytes.append(buffer, n);
    return true;
  }

  bool Write(absl::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n =
          ssl_ == nullptr
              ? send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL)
              : SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
      if (n <= 0) return false;
      bytes.remove_prefix(n);
    }
    return true;
  }

  // Ends as HTTP does, so that the client has read all.
  void Finish() {
    if (ssl_ != nullptr) SSL_shutdown(ssl_);
    shutdown(fd_, SHUT_WR);
  }

 private:
  int fd_;
  SSL* ssl_;
};

namespace {

ScriptedServer::Request ParseHead(absl::string_view head) {
  ScriptedServer::Request request;
  const std::vector<std::string> lines = absl::StrSplit(head, "\r\n");
  const std::vector<std::string> words = absl::StrSplit(lines[0], ' ');
  request.method = words[0];
  if (words.size() > 1) request.target = words[1];
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(lines[i], absl::MaxSplits(": ", 1));
    request.headers[absl::AsciiStrToLower(parts.first)] = parts.second;
  }
  return request;
}

}  // namespace

ScriptedServer::ScriptedServer(Handler handler, std::shared_ptr<SSL_CTX> tls)
    : handler_(std::move(handler)),
      tls_(std::move(tls)),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  // OpenSSL writes to clients that are gone.
  std::signal(SIGPIPE, SIG_IGN);
  if (handler_ == nullptr) {
    const int buffer = 4096;  // so that a client's bytes soon find no place
    ABSL_CHECK(setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &buffer,
                          sizeof(buffer)) == 0);
  }
  ABSL_CHECK(bind(listener_, generic, size) == 0);
  ABSL_CHECK(listen(listener_, 16) == 0);
  ABSL_CHECK(getsockname(listener_, generic, &size) == 0);
  host_ = absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
  if (handler_ != nullptr) threads_.emplace_back([this] { Accept(); });
}

ScriptedServer::~ScriptedServer() {
  shutdown(listener_, SHUT_RDWR);
  std::vector<std::thread> threads;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
    for (Connection& connection : connections_) connection.ShutDown();
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
  close(listener_);
}

void ScriptedServer::Accept() {
  while (true) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopped_) {
      close(fd);
      return;
    }
    Connection& connection = connections_.emplace_back(fd, tls_.get());
    threads_.emplace_back([this, &connection] { Serve(connection); });
  }
}

void ScriptedServer::Serve(Connection& connection) {
  std::string bytes;
  size_t end = std::string::npos;
  if (!connection.Open()) return;
  while ((end = bytes.find("\r\n\r\n")) == std::string::npos) {
    if (!connection.Read(bytes)) return;
  }
  Request request = ParseHead(bytes.substr(0, end));
  request.body = bytes.substr(end + 4);
  size_t length = 0;
  const bool has_length =
      absl::SimpleAtoi(request.headers["content-length"], &length);
  while (has_length && request.body.size() < length) {
    if (!connection.Read(request.body)) return;
  }
  Answer answer;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    requests_.push_back(request);
    answer = handler_(request);
  }
  if (!connection.Write(answer.bytes)) return;
  while (answer.endless && connection.Write(std::string(1 << 16, 'x'))) {
  }
  if (!answer.hangs) connection.Finish();
  // Until the client, or the destructor, closes it.
  std::string rest;
  while (connection.Read(rest)) rest.clear();
}

std::vector<ScriptedServer::Request> ScriptedServer::requests() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

std::vector<std::string> ScriptedServer::Lines() {
  std::vector<std::string> lines;
  for (const Request& request : requests()) lines.push_back(request.Line());
  return lines;
}

ScriptedServer::Answer HttpAnswer(int status, const std::string& body,
                                  const std::vector<std::string>& headers) {
  std::string head = absl::StrCat(
      "HTTP/1.1 ", status, " Answer\r\n",
      "Connection: close\r\nContent-Length: ", body.size(), "\r\n");
  for (const std::string& header : headers) {
    absl::StrAppend(&head, header, "\r\n");
  }
  return {.bytes = absl::StrCat(head, "\r\n", body)};
}

}  // namespace rules_dockerfile
