#include "lib/sandbox/machine/fake_clock.h"

#include <time.h>

#include <cstdint>

namespace rules_dockerfile {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kSlowdown = 1000;

}  // namespace

timespec RealTime() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now;
}

timespec FileTime() {
  timespec now;
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return now;
}

bool IsWrittenBetween(timespec start, timespec now, timespec time) {
  if (time.tv_sec < start.tv_sec) return false;
  return time.tv_sec < now.tv_sec ||
         (time.tv_sec == now.tv_sec && time.tv_nsec <= now.tv_nsec);
}

bool FakeClock::Shifts(timespec real) const {
  return IsWrittenBetween(real_start_, RealTime(), real);
}

timespec FakeClock::Shift(timespec real) const {
  return Shifts(real) ? Show(real) : real;
}

timespec FakeClock::Show(timespec real) const {
  const int64_t elapsed = (real.tv_sec - real_start_.tv_sec) * kNanosPerSecond +
                          real.tv_nsec - real_start_.tv_nsec;
  const int64_t shown = elapsed < 0 ? 0 : elapsed / kSlowdown;
  return {
      .tv_sec = static_cast<time_t>(start_seconds_ + shown / kNanosPerSecond),
      .tv_nsec = static_cast<long>(shown % kNanosPerSecond)};
}

}  // namespace rules_dockerfile
