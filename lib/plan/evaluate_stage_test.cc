#include "lib/plan/evaluate_stage.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/plan/build_state.h"
#include "lib/plan/step.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

// Writes a file, and returns its path.
std::string Write(absl::string_view name, absl::string_view text) {
  const std::string path =
      absl::StrCat(testing::TempDir(), "/evaluate_stage_test.", name);
  EXPECT_THAT(WriteFile(path, text), IsOk());
  return path;
}

// The history entries of the steps, a line each; `-` for none.
std::string History(const StageEvaluation& stage) {
  std::string lines;
  for (const Step& step : stage.steps) {
    absl::StrAppend(&lines,
                    step.history.has_value() ? step.history->created_by : "-",
                    "\n");
  }
  return lines;
}

TEST(EvaluateStage, EvaluatesOneInstructionAfterTheOther) {
  const BuildState before = {.env = {"PATH=/bin"}, .platform = "linux/amd64"};
  const absl::StatusOr<StageEvaluation> stage = EvaluateStage(
      {.state = Write("before.json", BuildStateToJson(before))},
      {.files = {Write("arg.instruction", "ARG A B\n"),
                 Write("run.step.json",
                       StepToJson(
                           {.history = StepHistory{.created_by = "RUN x"}})),
                 Write("label.instruction", "# escape=`\nLABEL a=$A`b\n")}},
      {.build_args = {{"A", "1"}}, .global_args = {{"B", "2"}}});
  ASSERT_THAT(stage, IsOk());
  EXPECT_EQ(stage->state, (BuildState{.env = {"PATH=/bin", "A=1", "B=2"},
                                      .args = {"A", "B"},
                                      .platform = "linux/amd64"}));
  EXPECT_EQ(History(*stage), "ARG A=1 B=2\nRUN x\nLABEL a=1b\n");
}

TEST(EvaluateStage, KnowsWhichWorkdirHasALayer) {
  const std::string root = Write("root.instruction", "WORKDIR $NOTHING\n");
  const std::string below = Write("below.instruction", "WORKDIR /a\n");
  absl::StatusOr<StageEvaluation> stage =
      EvaluateStage({}, {.files = {root, below}}, {});
  ASSERT_THAT(stage, IsOk());
  EXPECT_TRUE(stage->steps[1].history->empty_layer);
  EXPECT_FALSE(stage->steps[2].history->empty_layer);
  stage = EvaluateStage(
      {}, {.files = {root, below}, .workdir_layers = {root, below}}, {});
  ASSERT_THAT(stage, IsOk());
  EXPECT_FALSE(stage->steps[1].history->empty_layer);
  EXPECT_FALSE(stage->steps[2].history->empty_layer);
  EXPECT_EQ(stage->state.workdir, "/a");
}

TEST(EvaluateStage, StartsFromAnImageOrScratch) {
  const std::string config =
      Write("config", R"({"config": {"User": "u", "Env": ["PATH=/b"]}})");
  absl::StatusOr<StageEvaluation> stage =
      EvaluateStage({.config = config, .platform = "linux/arm64"}, {}, {});
  ASSERT_THAT(stage, IsOk());
  EXPECT_EQ(
      stage->state,
      (BuildState{.env = {"PATH=/b"}, .user = "u", .platform = "linux/arm64"}));
  EXPECT_EQ(History(*stage), "-\n");
  stage = EvaluateStage({.platform = "linux/arm64"}, {}, {});
  ASSERT_THAT(stage, IsOk());
  EXPECT_EQ(stage->state.user, "");
  EXPECT_EQ(stage->state.platform, "linux/arm64");
  EXPECT_EQ(stage->steps.front().config["WorkingDir"], "/");
}

TEST(EvaluateStage, RequiresTheTriggersThatTheImageHas) {
  const std::string config =
      Write("config", R"({"config": {"OnBuild": ["RUN a", "COPY b c"]}})");
  EXPECT_THAT(EvaluateStage(
                  {.config = config, .onbuild = {"RUN a", "COPY b c"}}, {}, {}),
              IsOk());
  EXPECT_THAT(
      EvaluateStage({.config = config, .onbuild = {"RUN a"}}, {}, {}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "ONBUILD triggers do not match base_image(onbuild = [\"RUN "
               "a\"]); expected [\"RUN a\",\"COPY b c\"]"));
}

TEST(EvaluateStage, BeginsAnErrorWithTheInstruction) {
  const std::string good = Write("good.instruction", "LABEL a=b\n");
  EXPECT_THAT(
      EvaluateStage({},
                    {.files = {good, Write("expose.instruction",
                                           "# escape=`\nEXPOSE 70000\n")}},
                    {}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "EXPOSE 70000: invalid containerPort: 70000"));
  EXPECT_THAT(
      EvaluateStage(
          {}, {.files = {good, Write("foo.instruction", "FROBNICATE x\n")}},
          {}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "FROBNICATE x: unknown instruction: FROBNICATE"));
  EXPECT_THAT(
      EvaluateStage({}, {.files = {Write("run.instruction", "RUN x\n")}}, {}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "RUN x: expected an instruction that changes no files, "
               "got RUN"));
  const std::string step = Write("bad.step.json", "{}");
  EXPECT_THAT(
      EvaluateStage({}, {.files = {step}}, {}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               absl::StrCat("\"", step, "\": field \"config\" is missing")));
}

TEST(EvaluateStage, NamesAFileThatIsMissing) {
  EXPECT_THAT(EvaluateStage({}, {.files = {"/no/such"}}, {}),
              StatusIs(absl::StatusCode::kNotFound,
                       "cannot open \"/no/such\": No such file or directory"));
  EXPECT_THAT(EvaluateStage({.state = "/no/such"}, {}, {}),
              StatusIs(absl::StatusCode::kNotFound,
                       "cannot open \"/no/such\": No such file or directory"));
}

}  // namespace
}  // namespace rules_dockerfile
