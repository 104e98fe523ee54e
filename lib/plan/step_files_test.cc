#include "lib/plan/step_files.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/plan/build_state.h"
#include "lib/plan/step.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

std::string Path(absl::string_view name) {
  return absl::StrCat(testing::TempDir(), "/step_files_test.", name);
}

std::string Write(absl::string_view name, absl::string_view text) {
  EXPECT_THAT(WriteFile(Path(name), text), IsOk());
  return Path(name);
}

TEST(MakeStepFiles, EvaluatesAnInstruction) {
  const BuildState before = {.env = {"PATH=/bin"}, .platform = "linux/amd64"};
  ASSERT_THAT(
      MakeStepFiles({.instruction = Write("text", "ARG A B\n"),
                     .state = Write("before.json", BuildStateToJson(before)),
                     .arguments = {.build_args = {{"A", "1"}},
                                   .global_args = {{"B", "2"}}},
                     .step_out = Path("step.json"),
                     .state_out = Path("after.json")}),
      IsOk());
  EXPECT_THAT(ReadFile(Path("after.json")),
              IsOkAndHolds(BuildStateToJson({.env = {"PATH=/bin", "A=1", "B=2"},
                                             .args = {"A", "B"},
                                             .platform = "linux/amd64"})));
  EXPECT_THAT(ReadFile(Path("step.json")),
              IsOkAndHolds(StepToJson(
                  {.history = StepHistory{.created_by = "ARG A=1 B=2",
                                          .empty_layer = true}})));
}

TEST(MakeStepFiles, RequiresTheTriggersThatTheImageHas) {
  const std::string config =
      Write("config", R"({"config": {"OnBuild": ["RUN a", "COPY b c"]}})");
  EXPECT_THAT(MakeStepFiles({.from_config = config,
                             .onbuild = {"RUN a", "COPY b c"},
                             .platform = "linux/amd64",
                             .step_out = Path("step.json")}),
              IsOk());
  EXPECT_THAT(
      MakeStepFiles({.from_config = config,
                     .onbuild = {"RUN a"},
                     .step_out = Path("step.json")}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "ONBUILD triggers do not match base_image(onbuild = [\"RUN "
               "a\"]); expected [\"RUN a\",\"COPY b c\"]"));
}

TEST(MakeStepFiles, RequiresOneThingToEvaluate) {
  const absl::Status want = absl::InvalidArgumentError(
      "expected exactly one of --instruction, --from_config and --scratch");
  EXPECT_EQ(MakeStepFiles({.step_out = Path("step.json")}), want);
  EXPECT_EQ(
      MakeStepFiles(
          {.from_config = "x", .scratch = true, .step_out = Path("step.json")}),
      want);
}

TEST(MakeStepFiles, NamesAFileThatIsMissing) {
  EXPECT_THAT(
      MakeStepFiles({.instruction = "/no/such", .step_out = Path("step.json")}),
      StatusIs(absl::StatusCode::kNotFound,
               "cannot open \"/no/such\": No such file or directory"));
}

}  // namespace
}  // namespace rules_dockerfile
