#ifndef LIB_HTTP_TRANSFER_WATCH_H_
#define LIB_HTTP_TRANSFER_WATCH_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "lib/http/limits.h"

namespace rules_dockerfile {

// Watches over the limits of one request. The sender reports what happens, and
// polls it.
class TransferWatch {
 public:
  // `body_size` is that of the request's body.
  TransferWatch(const HttpLimits& limits, int64_t body_size, absl::Time start)
      : limits_(limits), left_(body_size), start_(start), last_(start) {}

  void Connected(absl::Time now) {
    connected_ = true;
    last_ = now;
  }
  void Sent(int64_t size, absl::Time now) {
    left_ -= size;
    last_ = now;
  }
  // The body is sent again from this many bytes before its end.
  void Rewound(int64_t left) { left_ = left; }
  void Received(absl::Time now) {
    answered_ = true;
    last_ = now;
  }

  // DeadlineExceeded `no response within 1m`, `no data for 1m` or `not
  // completed within 1h` if a limit is exceeded. That of connecting is not
  // watched here.
  absl::Status Check(absl::Time now) const;

 private:
  HttpLimits limits_;
  int64_t left_;
  absl::Time start_;
  absl::Time last_;
  bool connected_ = false;
  bool answered_ = false;
};

}  // namespace rules_dockerfile

#endif  // LIB_HTTP_TRANSFER_WATCH_H_
