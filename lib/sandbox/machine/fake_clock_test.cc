#include "lib/sandbox/machine/fake_clock.h"

#include <time.h>

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

constexpr timespec kStart = {.tv_sec = 2000, .tv_nsec = 500};

TEST(FakeClock, StartsAtItsSecond) {
  const timespec shown = FakeClock(7, kStart).Shift(kStart);
  EXPECT_EQ(shown.tv_sec, 7);
  EXPECT_EQ(shown.tv_nsec, 0);
}

TEST(FakeClock, RunsAThousandTimesSlower) {
  const FakeClock clock(7, kStart);
  const timespec hour = clock.Shift({.tv_sec = 2000 + 3600, .tv_nsec = 500});
  EXPECT_EQ(hour.tv_sec, 7 + 3);
  EXPECT_EQ(hour.tv_nsec, 600'000'000);
}

TEST(FakeClock, NeverRunsBackwards) {
  const timespec early = FakeClock(7, kStart).Shift({2000, 0});
  EXPECT_EQ(early.tv_sec, 7);
  EXPECT_EQ(early.tv_nsec, 0);
}

TEST(FakeClock, LeavesTimesBeforeItsStartAlone) {
  const FakeClock clock(7, kStart);
  const timespec old = {.tv_sec = 1999, .tv_nsec = 9};
  EXPECT_FALSE(clock.Shifts(old));
  EXPECT_EQ(clock.Shift(old).tv_sec, 1999);
  EXPECT_EQ(clock.Shift(old).tv_nsec, 9);
}

TEST(FakeClock, LeavesTimesInTheFutureAlone) {
  timespec future;
  clock_gettime(CLOCK_REALTIME, &future);
  future.tv_sec += 3600;
  const FakeClock clock(7, kStart);
  EXPECT_FALSE(clock.Shifts(future));
  EXPECT_EQ(clock.Shift(future).tv_sec, future.tv_sec);
}

}  // namespace
}  // namespace rules_dockerfile
