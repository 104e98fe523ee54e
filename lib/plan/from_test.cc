#include "lib/plan/from.h"

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"
#include "lib/plan/build_state.h"
#include "lib/plan/evaluation.h"
#include "lib/plan/step.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

constexpr char kPath[] =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

TEST(EvaluateFromImage, TakesTheStateOfTheConfig) {
  EXPECT_THAT(
      EvaluateFromImage(R"json({"architecture": "amd64", "config": {
        "Env": ["A=1", "PATH=/bin", "A=2"], "WorkingDir": "/srv/x/..",
        "User": "me", "Shell": ["/bin/bash", "-c"], "Cmd": ["x"],
        "OnBuild": ["RUN a"]}})json",
                        "linux/amd64"),
      IsOkAndHolds(Evaluation{.state = {.env = {"A=2", "PATH=/bin"},
                                        .workdir = "/srv",
                                        .user = "me",
                                        .shell = {"/bin/bash", "-c"},
                                        .platform = "linux/amd64"},
                              .step = {.config = {{"OnBuild", nullptr}}}}));
}

TEST(EvaluateFromImage, AddsThePathThatIsMissing) {
  for (const char* config : {"{}", R"({"config": null})",
                             R"({"config": {"Env": null, "User": ""}})"}) {
    EXPECT_THAT(EvaluateFromImage(config, "linux/arm64"),
                IsOkAndHolds(Evaluation{
                    .state = {.env = {kPath}, .platform = "linux/arm64"},
                    .step = {.config = {{"Env", {kPath}}}}}))
        << config;
  }
}

TEST(EvaluateFromImage, RefusesMalformedConfigs) {
  EXPECT_THAT(
      EvaluateFromImage(R"({"config": {"Env": [1]}})", "linux/amd64"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "field \"config.Env[0]\": expected a string, got a number"));
}

TEST(EvaluateFromScratch, StartsAtTheRootWithAPath) {
  EXPECT_EQ(EvaluateFromScratch("linux/amd64"),
            (Evaluation{
                .state = {.env = {kPath}, .platform = "linux/amd64"},
                .step = {.config = {{"WorkingDir", "/"}, {"Env", {kPath}}}}}));
}

}  // namespace
}  // namespace rules_dockerfile
