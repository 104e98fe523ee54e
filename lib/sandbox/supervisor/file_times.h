#ifndef LIB_SANDBOX_SUPERVISOR_FILE_TIMES_H_
#define LIB_SANDBOX_SUPERVISOR_FILE_TIMES_H_

#include <time.h>

namespace rules_dockerfile {

inline bool SameTime(const timespec& one, const timespec& other) {
  return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

// Whether a ctime that was read is so old that a change from now on results in
// another: the kernel stamps files by a clock that moves once a tick, at most
// 10 ms long.
inline bool IsSettled(const timespec& ctime) {
  constexpr long kTicks = 50'000'000;
  timespec now;
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  const time_t seconds = now.tv_sec - ctime.tv_sec;
  if (seconds != 0 && seconds != 1) return seconds > 0;
  return seconds * 1'000'000'000 + now.tv_nsec - ctime.tv_nsec > kTicks;
}

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_FILE_TIMES_H_
