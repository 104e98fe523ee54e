#include "lib/explain/explain_logs.h"

#include <string>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/explain/build_history.h"
#include "lib/explain/execution_log.h"
#include "lib/explain/execution_log_testing.h"
#include "lib/explain/explain_testing.h"
#include "lib/explain/image_steps.h"
#include "lib/json/json.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

class ExplainLogsTest : public ExplainTest {};

TEST_F(ExplainLogsTest, RemembersBuildsInAFile) {
  const std::string directory = testing::TempDir();
  const ExplainFiles files = {.steps = absl::StrCat(directory, "/steps"),
                              .log = absl::StrCat(directory, "/log"),
                              .cache = absl::StrCat(directory, "/cache"),
                              .workspace = "/w"};
  ASSERT_THAT(WriteFile(files.steps, JsonText(ImageStepsToJson(image_))),
              IsOk());
  EXPECT_THAT(
      ExplainLogs(files),
      StatusIs(absl::StatusCode::kNotFound,
               absl::StrCat("cannot open \"", files.log,
                            "\": No such file or directory\nhint: have builds "
                            "write it with these lines of .bazelrc:\nbuild "
                            "--execution_log_compact_file=bazel-execution.log"
                            "\nrun --execution_log_compact_file="
                            "bazel-run.log")));
  const auto build = [&](const std::string& digest) {
    LogWriter writer;
    writer.Spawn(Ran(run_, {{"a", digest}}, "22"));
    ABSL_CHECK_OK(WriteFile(files.log, writer.Log()));
  };
  build("1");
  ASSERT_THAT(ExplainLogs(files), IsOk());
  build("2");
  const std::string second =
      "//app:image: 1 of 2 instructions ran\n"
      "\n"
      "app/Dockerfile:2 COPY src /src\n"
      "  cached\n"
      "app/Dockerfile:4 RUN make\n"
      "  ran: a changed (sha256 1 → 2)\n"
      "    its layer is the same as before\n";
  EXPECT_THAT(ExplainLogs(files), IsOkAndHolds(second));
  EXPECT_THAT(ExplainLogs(files), IsOkAndHolds(second));
  build("3");
  ExplainFiles compared = files;
  compared.before = absl::StrCat(directory, "/before");
  LogWriter before;
  before.Spawn(Ran(run_, {{"a", "0"}}, "21"));
  ASSERT_THAT(WriteFile(compared.before, before.Log()), IsOk());
  EXPECT_THAT(ExplainLogs(compared),
              IsOkAndHolds("//app:image: 1 of 2 instructions ran\n"
                           "\n"
                           "app/Dockerfile:2 COPY src /src\n"
                           "  cached\n"
                           "app/Dockerfile:4 RUN make\n"
                           "  ran: a changed (sha256 0 → 3)\n"));
}

TEST_F(ExplainLogsTest, RefusesFilesThatAreDamaged) {
  const std::string directory = absl::StrCat(testing::TempDir(), "/damaged");
  ExplainFiles files = {.steps = absl::StrCat(directory, "_steps"),
                        .log = absl::StrCat(directory, "_log"),
                        .state = absl::StrCat(directory, "_state")};
  ASSERT_THAT(WriteFile(files.steps, JsonText(ImageStepsToJson(image_))),
              IsOk());
  ASSERT_THAT(WriteFile(files.log, LogWriter().Log()), IsOk());
  ASSERT_THAT(WriteFile(files.state, "{\"version\": 2}"), IsOk());
  EXPECT_THAT(ExplainLogs(files),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("\"", files.state,
                                    "\": expected version 1, got "
                                    "2\nhint: remove the file")));
  ASSERT_THAT(WriteFile(files.log, "x"), IsOk());
  EXPECT_THAT(
      ExplainLogs(files),
      StatusIs(absl::StatusCode::kInvalidArgument,
               absl::StrCat("\"", files.log,
                            "\": expected a compact or binary execution log\n"
                            "hint: Bazel writes one with "
                            "--execution_log_compact_file")));
}

TEST_F(ExplainLogsTest, ReadsTheFlagsOfAParamFileThatIsStillThere) {
  const std::string root = testing::TempDir();
  ASSERT_THAT(WriteFile(absl::StrCat(root, "/x.params"), "--a=1\n--b\n"),
              IsOk());
  const auto flags = [&](const std::string& digest) {
    const ImageRecord build = RecordBuild(
        {}, image_, Log({Ran(run_, {{"x.params", digest}}, "1")}), root);
    return build.records.at(run_.outputs[0]).flags;
  };
  EXPECT_EQ(flags("e4f5f0459200568ea042938d92a94e31"
                  "9b49e371ff9c84733a8cb3b8931f98d6"),
            (std::vector<std::string>{"--a=1", "--b"}));
  EXPECT_EQ(flags("0000"), std::vector<std::string>());
}

TEST_F(ExplainLogsTest, WritesItsHistoryAndReadsIt) {
  ImageSteps image = image_;
  image.steps.push_back(State("one", {{3, "ENV A=1\n"}}));
  LoggedSpawn spawn = Ran(run_, {{"a", "1"}}, "2");
  spawn.environment = {{"A", "b"}};
  spawn.platform = {{"C", "d"}};
  spawn.tools = {{"tool", "3"}};
  spawn.exit_code = 1;
  BuildHistory history = {.log = "sha256:1"};
  history.after = RecordBuild({}, image, Log({spawn}), "");
  history.after.records.begin()->second.flags = {"--a"};
  EXPECT_THAT(ParseBuildHistory(BuildHistoryToText(history)),
              IsOkAndHolds(history));
}

}  // namespace
}  // namespace rules_dockerfile
