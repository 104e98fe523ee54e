#include "e2e/conformance/runner/build_log.h"

#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::testing::ElementsAre;
using ::testing::Pair;

TEST(BuildEvents, TellWhatWasBuiltAndWhereErrorsAre) {
  EXPECT_THAT(
      ParseBuildEvents(
          R"({"id":{"started":{}},"started":{}}
{"id":{"actionCompleted":{"label":"//cases/b:image.stage.0"}},"action":{"success":false,"type":"DockerfileRun","stderr":{"uri":"file:///t/run"}}}
{"id":{"actionCompleted":{"label":"//cases/b:image.check"}},"action":{"success":false,"type":"DockerfileCheck","stderr":{"uri":"file:///t/check"}}}
{"id":{"targetCompleted":{"label":"//cases/a:image.layout"}},"completed":{"success":true}}
{"id":{"targetCompleted":{"label":"//cases/b:image.layout"}},"completed":{}}
{"id":{"targetCompleted":{"label":"//cases/c:image.layout"}},"aborted":{"reason":"ANALYSIS_FAILURE"}}
)"),
      IsOkAndHolds(BuildEvents{
          .built = {"a"}, .failed_actions = {{"b", {"/t/check", "/t/run"}}}}));
}

TEST(AnalysisErrors, AreWhatFailWasGiven) {
  EXPECT_THAT(
      AnalysisErrors(R"(INFO: Invocation
ERROR: Traceback (most recent call last):
	File "/w/cases/one/BUILD.bazel", line 3, column 17, in <toplevel>
		dockerfile_image(
Error in fail: cases/one/Dockerfile:1: FROM nowhere: no base is given
add bases
ERROR: package contains errors: cases/one
ERROR: /w/cases/two.x/BUILD.bazel:3:17: in dockerfile_stage rule //cases/two.x:image.stage.0:
Traceback (most recent call last):
Error in fail: second
INFO: Elapsed time: 1s
)"),
      ElementsAre(
          Pair("one", ElementsAre("cases/one/Dockerfile:1: FROM "
                                  "nowhere: no base is given\nadd bases")),
          Pair("two.x", ElementsAre("second"))));
}

}  // namespace
}  // namespace rules_dockerfile
