#include "lib/plan/step.h"

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

TEST(Step, IsWrittenAsTheDesignNoteShows) {
  const Step step = {
      .history = StepHistory{.created_by = "ENV A=1", .empty_layer = true},
      .config = {{"Env", {"A=1"}}}};
  EXPECT_EQ(StepToJson(step), R"json({
  "config": {
    "Env": [
      "A=1"
    ]
  },
  "history": {
    "created_by": "ENV A=1",
    "comment": "buildkit.dockerfile.v0",
    "empty_layer": true
  }
}
)json");
  EXPECT_THAT(ParseStep(StepToJson(step)), IsOkAndHolds(step));
}

TEST(Step, WithoutHistoryHasNull) {
  const Step step = {.config = {{"OnBuild", nullptr}}};
  EXPECT_EQ(StepToJson(step), R"json({
  "config": {
    "OnBuild": null
  },
  "history": null
}
)json");
  EXPECT_THAT(ParseStep(StepToJson(step)), IsOkAndHolds(step));
}

TEST(Step, OfALayerDoesNotSayEmptyLayer) {
  const Step step = {.history = StepHistory{.created_by = "RUN x"}};
  EXPECT_EQ(StepToJson(step), R"json({
  "config": {},
  "history": {
    "created_by": "RUN x",
    "comment": "buildkit.dockerfile.v0"
  }
}
)json");
  EXPECT_THAT(ParseStep(StepToJson(step)), IsOkAndHolds(step));
}

TEST(Step, RefusesWrongFields) {
  EXPECT_THAT(ParseStep(R"({"config": []})"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "field \"config\": expected an object"));
  EXPECT_THAT(ParseStep(R"({"config": {}, "history": {}})"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "field \"history.created_by\" is missing"));
}

}  // namespace
}  // namespace rules_dockerfile
