#include "lib/network/connection.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace rules_dockerfile {

Connection::Connection(int fd) : fd_(fd), ssl_(nullptr, SSL_free) {
  const timeval idle = {.tv_sec = kIdleSeconds, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof(idle));
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &idle, sizeof(idle));
}

Connection::~Connection() {
  if (ssl_ != nullptr) SSL_shutdown(ssl_.get());
  // Not to lose what was written, the client must get to close first.
  shutdown(fd_, SHUT_WR);
  char rest[4096];
  while (recv(fd_, rest, sizeof(rest), 0) > 0) {
  }
  close(fd_);
}

absl::Status Connection::StartTls(SSL_CTX* context) {
  if (!buffer_.empty()) {
    return absl::InvalidArgumentError("bytes before the TLS handshake");
  }
  ssl_.reset(SSL_new(context));
  if (ssl_ == nullptr || SSL_set_fd(ssl_.get(), fd_) != 1 ||
      SSL_accept(ssl_.get()) != 1) {
    return absl::UnavailableError("TLS handshake failed");
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Connection::Fill() {
  char bytes[16384];
  ssize_t count;
  if (ssl_ != nullptr) {
    count = SSL_read(ssl_.get(), bytes, sizeof(bytes));
    if (count <= 0) return false;
  } else {
    do {
      count = recv(fd_, bytes, sizeof(bytes), 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return absl::ErrnoToStatus(errno, "cannot receive");
    if (count == 0) return false;
  }
  buffer_.append(bytes, count);
  return true;
}

absl::StatusOr<std::string> Connection::ReadHead(size_t limit) {
  std::string head;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::string line, ReadLine(limit));
    if (line.empty()) return head;
    absl::StrAppend(&head, line, "\n");
    if (head.size() > limit) {
      return absl::InvalidArgumentError("the head of the request is too long");
    }
  }
}

absl::StatusOr<std::string> Connection::ReadLine(size_t limit) {
  size_t end;
  while ((end = buffer_.find('\n')) == buffer_.npos) {
    if (buffer_.size() > limit) {
      return absl::InvalidArgumentError("a line of the request is too long");
    }
    ABSL_ASSIGN_OR_RETURN(const bool more, Fill());
    if (!more && buffer_.empty()) return "";
    if (!more) return absl::InvalidArgumentError("the request is truncated");
  }
  const std::string line(
      absl::StripSuffix(absl::string_view(buffer_).substr(0, end), "\r"));
  buffer_.erase(0, end + 1);
  return line;
}

absl::StatusOr<std::string> Connection::ReadBytes(size_t size) {
  while (buffer_.size() < size) {
    ABSL_ASSIGN_OR_RETURN(const bool more, Fill());
    if (!more) return absl::InvalidArgumentError("the request is truncated");
  }
  std::string bytes = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return bytes;
}

absl::Status Connection::Write(absl::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count;
    if (ssl_ != nullptr) {
      const size_t most = std::min<size_t>(bytes.size(), 1 << 20);
      count = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(most));
      if (count <= 0) return absl::UnavailableError("the client disconnected");
    } else {
      count = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return absl::ErrnoToStatus(errno, "cannot send");
    }
    bytes.remove_prefix(count);
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
