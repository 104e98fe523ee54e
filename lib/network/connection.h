#ifndef LIB_NETWORK_CONNECTION_H_
#define LIB_NETWORK_CONNECTION_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "openssl/ssl.h"

namespace rules_dockerfile {

// A client's connection, plain or with TLS on it. Owns the socket. Reads wait
// at most kIdleSeconds for the other side.
class Connection {
 public:
  static constexpr int kIdleSeconds = 300;

  explicit Connection(int fd);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Becomes a TLS server: all that follows is encrypted.
  absl::Status StartTls(SSL_CTX* context);

  // Bytes up to and with the first empty line; "" if the client closed without
  // sending any. InvalidArgument if there are more than `limit`.
  absl::StatusOr<std::string> ReadHead(size_t limit);

  // The next line without its CRLF, for chunked bodies.
  absl::StatusOr<std::string> ReadLine(size_t limit);

  // Exactly `size` bytes.
  absl::StatusOr<std::string> ReadBytes(size_t size);

  absl::Status Write(absl::string_view bytes);

 private:
  // Moves more bytes into buffer_; false at the end.
  absl::StatusOr<bool> Fill();

  int fd_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  std::string buffer_;  // read, and not yet asked for
};

}  // namespace rules_dockerfile

#endif  // LIB_NETWORK_CONNECTION_H_
