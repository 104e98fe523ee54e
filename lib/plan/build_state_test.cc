#include "lib/plan/build_state.h"

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

TEST(BuildState, ReadsBackWhatItWrites) {
  const BuildState state = {.env = {"PATH=/bin", "A=\"b c\"\n"},
                            .args = {"A", "B"},
                            .workdir = "/app",
                            .user = "me:us",
                            .shell = {"/bin/bash", "-c"},
                            .platform = "linux/arm/v7"};
  EXPECT_THAT(ParseBuildState(BuildStateToJson(state)), IsOkAndHolds(state));
  EXPECT_THAT(ParseBuildState(BuildStateToJson(BuildState())),
              IsOkAndHolds(BuildState()));
}

TEST(BuildState, IsWrittenWithSortedKeys) {
  EXPECT_EQ(BuildStateToJson({.env = {"A=1"}, .platform = "linux/amd64"}),
            R"json({
  "args": [],
  "env": [
    "A=1"
  ],
  "platform": "linux/amd64",
  "shell": [],
  "user": "",
  "workdir": "/"
}
)json");
}

TEST(BuildState, RefusesMissingAndWrongFields) {
  EXPECT_THAT(
      ParseBuildState(R"({"args": []})"),
      StatusIs(absl::StatusCode::kInvalidArgument, "field \"env\" is missing"));
  EXPECT_THAT(ParseBuildState(R"({"args": [1]})"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "field \"args[0]\": expected a string, got a number"));
}

}  // namespace
}  // namespace rules_dockerfile
