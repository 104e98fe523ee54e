#include "lib/base/parallel.h"

#include <algorithm>
#include <cstddef>
#include <set>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(ForEachInParallel, CallsEachOnce) {
  for (const int jobs : {-1, 1, 4, 40}) {
    absl::Mutex mutex;
    std::multiset<size_t> seen;
    EXPECT_EQ(ForEachInParallel(10, jobs,
                                [&](size_t i) {
                                  const absl::MutexLock lock(mutex);
                                  seen.insert(i);
                                  return absl::OkStatus();
                                }),
              absl::OkStatus());
    EXPECT_EQ(seen, (std::multiset<size_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  }
}

TEST(ForEachInParallel, RunsUpToTheLimitInParallel) {
  absl::Mutex mutex;
  int running = 0;
  int most = 0;
  EXPECT_EQ(ForEachInParallel(30, 3,
                              [&](size_t i) {
                                mutex.lock();
                                most = std::max(most, ++running);
                                // The first three wait for each other.
                                const auto all = [&] {
                                  return i >= 3 || most == 3;
                                };
                                mutex.Await(absl::Condition(&all));
                                --running;
                                mutex.unlock();
                                return absl::OkStatus();
                              }),
            absl::OkStatus());
  EXPECT_EQ(most, 3);
}

TEST(ForEachInParallel, BeginsNothingAfterAnError) {
  int last = -1;
  EXPECT_EQ(ForEachInParallel(10, 1,
                              [&](size_t i) {
                                last = static_cast<int>(i);
                                return i < 3 ? absl::OkStatus()
                                             : absl::NotFoundError("three");
                              }),
            absl::NotFoundError("three"));
  EXPECT_EQ(last, 3);
}

}  // namespace
}  // namespace rules_dockerfile
