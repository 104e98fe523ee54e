#ifndef LIB_SANDBOX_MACHINE_FAKE_CLOCK_H_
#define LIB_SANDBOX_MACHINE_FAKE_CLOCK_H_

#include <time.h>

#include <cstdint>

namespace rules_dockerfile {

// Whether a file modified at `time` was written from `start` to `now`,
// according to that time: not before the second of `start`, which is a
// FileTime(), and not in the future, which only a command that sets times can
// do.
bool IsWrittenBetween(timespec start, timespec now, timespec time);

// The host's wall clock.
timespec RealTime();

// The time that the kernel gives to a file that is written now: its clock lags
// behind RealTime() by up to a tick, and so may still be in the second before.
timespec FileTime();

// A wall clock that starts at a given second and runs a thousand times slower
// than the real one: a RUN of a quarter of an hour ends within the second it
// started in, so that dates written into files are the same every time, and
// still no two readings are alike and loops that wait for the time end.
class FakeClock {
 public:
  FakeClock(int64_t start_seconds, timespec real_start)
      : start_seconds_(start_seconds), real_start_(real_start) {}

  // What this clock shows when the real one shows `real`: before the start,
  // what it starts with.
  timespec Show(timespec real) const;

  // What this clock shows for the time of a file. Times before the start, and
  // in the future, are what they were.
  timespec Shift(timespec real) const;

  // Whether Shift() changes `real`.
  bool Shifts(timespec real) const;

 private:
  int64_t start_seconds_;
  timespec real_start_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_MACHINE_FAKE_CLOCK_H_
