#include "lib/http/retry_after.h"

#include <optional>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(ParseRetryAfter, ReadsSecondsAndDates) {
  const absl::Time now = absl::FromCivil(
      absl::CivilSecond(1994, 11, 6, 8, 49, 30), absl::UTCTimeZone());
  const absl::Duration seven = absl::Seconds(7);
  EXPECT_EQ(ParseRetryAfter("7", now), seven);
  EXPECT_EQ(ParseRetryAfter("0", now), absl::ZeroDuration());
  EXPECT_EQ(ParseRetryAfter("99999999999999999999", now),
            absl::InfiniteDuration());
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:49:37 GMT", now), seven);
  EXPECT_EQ(ParseRetryAfter("Sunday, 06-Nov-94 08:49:37 GMT", now), seven);
  EXPECT_EQ(ParseRetryAfter("Sun Nov  6 08:49:37 1994", now), seven);
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:00:00 GMT", now),
            absl::ZeroDuration());
  for (const char* other : {"", "-1", "1.5", "soon", "7 s"}) {
    EXPECT_EQ(ParseRetryAfter(other, now), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace rules_dockerfile
