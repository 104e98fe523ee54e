#include "lib/sandbox/supervisor/call_receiver.h"

#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace rules_dockerfile {
namespace {

// After a call that had to wait. Waking a helper takes about as long as a call.
constexpr int kHelpedCalls = 64;

// Whether a call waits, at once (0) or in the end (-1); without a time, not so
// when no supervised process is left.
bool CallWaits(int listener, int timeout_ms) {
  pollfd ready = {.fd = listener, .events = POLLIN, .revents = 0};
  while (poll(&ready, 1, timeout_ms) < 0) {
  }
  return (ready.revents & POLLIN) != 0;
}

// The kernel's structure may be larger than the headers'.
size_t RequestSize() {
  static const size_t size = [] {
    seccomp_notif_sizes sizes = {};
    syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes);
    return std::max<size_t>(sizes.seccomp_notif, sizeof(seccomp_notif));
  }();
  return size;
}

}  // namespace

std::optional<seccomp_notif> CallReceiver::Receive() {
  return ReceiveFor(Who::kThread);
}

std::optional<seccomp_notif> CallReceiver::Help() {
  return ReceiveFor(Who::kHelper);
}

std::optional<seccomp_notif> CallReceiver::ReceiveFor(Who who) {
  while (true) {
    int64_t taken = 0;
    {
      absl::MutexLock lock(mutex_);
      if (who == Who::kHelper) {
        mutex_.Await(absl::Condition(this, &CallReceiver::WantsHelp));
      }
      if (ended_) return std::nullopt;
      if (CallWaits(listener_, 0)) {
        helped_calls_ = kHelpedCalls;
        if (const auto request = Take()) return request;
        continue;
      }
      taken = taken_;
    }
    const bool waits = CallWaits(listener_, -1);
    absl::MutexLock lock(mutex_);
    if (!waits) {
      ended_ = true;
      return std::nullopt;
    }
    if (helped_calls_ > 0) --helped_calls_;
    // Another thread may have been faster.
    if (taken != taken_ && !CallWaits(listener_, 0)) continue;
    if (const auto request = Take()) return request;
  }
}

std::optional<seccomp_notif> CallReceiver::Take() {
  ++taken_;
  std::vector<char> buffer(RequestSize());
  if (ioctl(listener_, SECCOMP_IOCTL_NOTIF_RECV, buffer.data()) < 0) {
    // ENOENT: the process was killed meanwhile.
    if (errno != ENOENT && errno != EINTR) ended_ = true;
    return std::nullopt;
  }
  seccomp_notif request;
  memcpy(&request, buffer.data(), sizeof request);
  return request;
}

}  // namespace rules_dockerfile
