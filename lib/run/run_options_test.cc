#include "lib/run/run_options.h"

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/run/run_layer.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using absl_testing::IsOkAndHolds;
using absl_testing::StatusIs;

TEST(RunOptions, TakesAsManyProcessorsAsCanBeShown) {
  EXPECT_THAT(CheckProcessors(0), IsOkAndHolds(0));
  EXPECT_THAT(CheckProcessors(64), IsOkAndHolds(64));
  EXPECT_THAT(CheckProcessors(65),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "--processors=\"65\": expected 0 to 64"));
  EXPECT_FALSE(CheckProcessors(-1).ok());
}

TEST(RunOptions, TakesMemoryInMebibytes) {
  EXPECT_THAT(CheckMemory(0), IsOkAndHolds(0));
  EXPECT_THAT(CheckMemory(3072), IsOkAndHolds(int64_t{3} << 30));
  EXPECT_THAT(CheckMemory(-1),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "--memory=\"-1\": expected 0 to 1099511627776 MiB"));
}

TEST(RunOptions, SaysWhichClocksThereAre) {
  EXPECT_THAT(ParseRunClock("fake"), IsOkAndHolds(RunClock::kFake));
  EXPECT_THAT(ParseRunClock("slow"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "--clock=\"slow\": expected auto, real or fake"));
}

TEST(RunOptions, ReadsTheAddressOfAHost) {
  EXPECT_THAT(ParseHostAddress("db=10.0.0.7"),
              IsOkAndHolds(HostAddress{.name = "db", .address = "10.0.0.7"}));
  for (const char* v6 : {"db.lan=fd00:0:0::7", "db.lan=[fd00::7]"}) {
    EXPECT_THAT(
        ParseHostAddress(v6),
        IsOkAndHolds(HostAddress{.name = "db.lan", .address = "fd00::7"}));
  }
  for (const char* malformed : {"db", "=10.0.0.7", "a b=10.0.0.7", ""}) {
    EXPECT_THAT(
        ParseHostAddress(malformed),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 absl::StrCat("bad format for add-host: \"", malformed, "\"")));
  }
  for (const char* address : {"10.0.0", "host-gateway", "[10.0.0.7", ""}) {
    EXPECT_THAT(ParseHostAddress(absl::StrCat("db=", address)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("invalid IP address in add-host: \"",
                                      address, "\"")));
  }
}

}  // namespace
}  // namespace rules_dockerfile
