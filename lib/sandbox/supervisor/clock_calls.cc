#include "lib/sandbox/supervisor/clock_calls.h"

#include <sys/time.h>
#include <time.h>

#include <cerrno>
#include <cstdint>

#include "lib/sandbox/machine/fake_clock.h"
#include "lib/sandbox/supervisor/notification.h"

namespace rules_dockerfile {

Answer ClockCalls::ClockGettime(const Notification& call) const {
  const timespec now = clock_->Show(RealTime());
  return Answer::Error(call.target.WriteValue(call.arguments[1], now) ? 0
                                                                      : EFAULT);
}

Answer ClockCalls::Gettimeofday(const Notification& call) const {
  const timespec now = clock_->Show(RealTime());
  const timeval value = {.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
  const struct timezone utc = {};
  if (call.arguments[0] != 0 &&
      !call.target.WriteValue(call.arguments[0], value)) {
    return Answer::Error(EFAULT);
  }
  if (call.arguments[1] != 0 &&
      !call.target.WriteValue(call.arguments[1], utc)) {
    return Answer::Error(EFAULT);
  }
  return Answer::Error(0);
}

Answer ClockCalls::Time(const Notification& call) const {
  const int64_t now = clock_->Show(RealTime()).tv_sec;
  if (call.arguments[0] != 0 &&
      !call.target.WriteValue(call.arguments[0], now)) {
    return Answer::Error(EFAULT);
  }
  return Answer::Value(now);
}

}  // namespace rules_dockerfile
