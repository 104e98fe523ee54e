#include "lib/sandbox/namespaces/binfmt.h"

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

TEST(EmulatorRegistration, RecognizesProgramsByTheirArchitecture) {
  EXPECT_THAT(
      EmulatorRegistration({.machine = "aarch64", .program = "/q"}),
      IsOkAndHolds(
          R"(|aarch64|M|0|\x7f\x45\x4c\x46\x02\x01\x01\x00\x00\x00\x00\x00)"
          R"(\x00\x00\x00\x00\x02\x00\xb7\x00|\xff\xff\xff\xff\xff\xff\xff)"
          R"(\x00\x00\x00\x00\x00\x00\x00\x00\x00\xfe\xff\xff\xff|/q|PF)"));
  EXPECT_THAT(
      EmulatorRegistration({.machine = "s390x", .program = "/q"}),
      IsOkAndHolds(
          R"(|s390x|M|0|\x7f\x45\x4c\x46\x02\x02\x01\x00\x00\x00\x00\x00)"
          R"(\x00\x00\x00\x00\x00\x02\x00\x16|\xff\xff\xff\xff\xff\xff\xff)"
          R"(\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xfe\xff\xff|/q|PF)"));
}

TEST(EmulatorRegistration, RefusesUnknownArchitectures) {
  EXPECT_THAT(EmulatorRegistration({.machine = "vax", .program = "/q"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "unknown architecture \"vax\""));
}

}  // namespace
}  // namespace rules_dockerfile
