#include "lib/base/owner_id.h"

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

TEST(CheckOwnerId, RefusesWhatIsBeyondTheRange) {
  EXPECT_THAT(CheckOwnerId(0, kMaxUserId), IsOk());
  EXPECT_THAT(CheckOwnerId(2147483647, kMaxUserId), IsOk());
  EXPECT_THAT(CheckOwnerId(4294967294, kMaxFileOwner), IsOk());
  const auto user = StatusIs(absl::StatusCode::kInvalidArgument,
                             "uids and gids must be in range 0-2147483647");
  const auto file = StatusIs(absl::StatusCode::kInvalidArgument,
                             "uids and gids must be in range 0-4294967294");
  EXPECT_THAT(CheckOwnerId(-1, kMaxUserId), user);
  EXPECT_THAT(CheckOwnerId(2147483648, kMaxUserId), user);
  EXPECT_THAT(CheckOwnerId(-1, kMaxFileOwner), file);
  EXPECT_THAT(CheckOwnerId(4294967295, kMaxFileOwner), file);
  EXPECT_THAT(CheckOwnerId(4294967296, kMaxFileOwner), file);
}

TEST(ParseOwnerId, KeepsWhatIsTooLargeTooLarge) {
  EXPECT_EQ(ParseOwnerId("12"), 12);
  EXPECT_EQ(ParseOwnerId("+12"), 12);
  EXPECT_EQ(ParseOwnerId("-1"), -1);
  EXPECT_EQ(ParseOwnerId("4294967296"), 4294967296);
  EXPECT_EQ(ParseOwnerId("99999999999999999999"), INT64_MAX);
  EXPECT_EQ(ParseOwnerId("-99999999999999999999"), INT64_MIN);
  for (const char* text : {"", "-", "root", "1x", " 1", "0x10", "1.0"}) {
    EXPECT_EQ(ParseOwnerId(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace rules_dockerfile
