#include "lib/run/run_layer.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/layer/layer_index.h"
#include "lib/run/test_run.h"
#include "lib/sandbox/namespaces.h"
#include "lib/sandbox/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

TEST(RunLayer, RefusesNamesThatMarkDeletions) {
  TestRun run;
  EXPECT_THAT(run.Run(SandboxMode::kAuto, "write /d/.wh.evil x"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "file name \"d/.wh.evil\" cannot be stored in a layer: "
                       "the prefix \".wh.\" marks deletions"));
  EXPECT_FALSE(ReadFile(run.Path("layer.tar")).ok());
}

TEST(RunLayer, TellsTheExitCodeInTheWordsOfBuildKit) {
  TestRun run;
  EXPECT_THAT(run.Run(SandboxMode::kAuto, "exit 42"),
              StatusIs(absl::StatusCode::kUnavailable,
                       "process \"/bin/probe exit 42\" did not complete "
                       "successfully: exit code: 42"));
  EXPECT_FALSE(ReadFile(run.Path("layer.tar")).ok());
  EXPECT_FALSE(ReadFile(run.Path("layer.index")).ok());
  EXPECT_FALSE(ReadFile(run.Path("step")).ok());
}

TEST(RunLayer, TellsTheSignalThatEndedTheCommand) {
  TestRun run;
  EXPECT_THAT(run.Run(SandboxMode::kAuto, "kill 11"),
              StatusIs(absl::StatusCode::kUnavailable,
                       "process \"/bin/probe kill 11\" did not complete "
                       "successfully: exit code: 139 (Segmentation fault)"));
}

TEST(RunLayer, TellsWhyAHostWasNotFound) {
  TestRun run;
  EXPECT_THAT(
      run.Run(SandboxMode::kAuto,
              "stderr curl: Could not resolve host: example.com ; exit 6"),
      StatusIs(absl::StatusCode::kUnavailable,
               "process \"/bin/probe stderr curl: Could not resolve host: "
               "example.com ; exit 6\" did not complete successfully: exit "
               "code: 6\nIt looked for a host by name, but this RUN has no "
               "network."));
}

TEST(RunLayer, TellsThatTheShellIsMissing) {
  TestRun run;
  EXPECT_THAT(
      run.Run(SandboxMode::kAuto, "RUN true\n"),
      StatusIs(absl::StatusCode::kUnavailable,
               "process \"/bin/sh -c true\" did not complete successfully: "
               "exec: \"/bin/sh\": stat /bin/sh: no such file or directory"));
}

TEST(RunLayer, ClampsTimesToTheEpoch) {
  TestRun run;
  ASSERT_THAT(
      run.Run(SandboxMode::kAuto, "write /new x ; write /old x ; touch 7 /old"),
      IsOk());
  const LayerIndex index =
      ParseLayerIndex(ReadFile(run.Path("layer.index")).value()).value();
  ASSERT_EQ(index.entries.size(), 2u);
  EXPECT_EQ(index.entries[0].mtime, TestRun::kEpoch);
  EXPECT_EQ(index.entries[1].mtime, 7);
}

TEST(RunLayer, StartsItsClockAtTheEpoch) {
  TestRun run;
  EXPECT_EQ(run.Output("", "now ; write /f x ; mtime /f"),
            "now 5000 5000 5000\n/f mtime 5000\n");
}

TEST(RunLayer, StartsItsClockAtTheNewestFileIfThatIsYounger) {
  TestRun run;
  run.options.epoch = 7;
  EXPECT_EQ(run.Output("", "now"), "now 1000 1000 1000\n");
}

TEST(RunLayer, GivesFilesTheTimeOfItsClock) {
  TestRun run;
  run.options.epoch = int64_t{1} << 32;  // later than any test runs
  ASSERT_THAT(run.Run(SandboxMode::kAuto, "date /f"), IsOk());
  const LayerIndex index =
      ParseLayerIndex(ReadFile(run.Path("layer.index")).value()).value();
  ASSERT_EQ(index.entries.size(), 1u);
  EXPECT_EQ(index.entries[0].mtime, run.options.epoch);
  EXPECT_EQ(index.entries[0].size, 10);
}

TEST(RunLayer, HasTheRealClockWhenAsked) {
  TestRun run;
  run.options.clock = RunClock::kReal;
  EXPECT_NE(run.Output("", "now"), "now 5000 5000 5000\n");
}

TEST(RunLayer, RunsAsTheUserInTheWorkingDirectory) {
  TestRun run;
  run.Write("state", R"({"args": [], "env": ["PATH=/bin"], )"
                     R"("platform": "linux/amd64", "shell": [], )"
                     R"("user": "app", "workdir": "/home/app/x"})");
  testing::internal::CaptureStdout();
  ASSERT_THAT(run.Run(SandboxMode::kAuto, "ids ; cwd ; env ; write new x"),
              IsOk());
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "uid 1000 1000 1000 gid 1000 1000 1000 groups 100 1000\n"
            "cwd /home/app/x\nPATH=/bin\nHOME=/home/app\n");
  EXPECT_EQ(run.Entries(),
            "home/ 0755 1000:1000, home/app/ 0755 1000:1000, "
            "home/app/x/ 0755 1000:1000, home/app/x/new 0644 1000:1000");
}

TEST(RunLayer, RefusesWhatIsNotSupported) {
  TestRun run;
  EXPECT_EQ(run.Output("--security=insecure", "ids"),
            "RUN --security=insecure is not supported");
  EXPECT_EQ(run.Output("--network=host", "ids"),
            "RUN --network=host needs a build that allows the host's network");
}

// What makes RUN cacheable: who runs it does not matter.
TEST(RunLayer, IsTheSameToTheByteWithRealAndEmulatedIds) {
  if (DetectSandboxMode() != SandboxMode::kReal) {
    GTEST_SKIP() << "skipped: not root";
  }
  constexpr char kCommands[] =
      "mkdir /a ; chown 33:44 /a ; chmod 2775 /a ; write /a/f text ; "
      "symlink f /a/l ; chown 5:6 /a/l ; mknod c /a/c 1 3 ; mknod p /a/p ; "
      "chown 7:8 /a/p ; setcap /f ; chown 9:9 /owned/f ; rm /d/f ; "
      "mv /link /l2 ; cp /bin/probe /a/s ; chown 12:13 /a/s ; "
      "chmod 6755 /a/s ; link /a/s /a/s2 ; user 1000:100 ; "
      "write /owned/by-user x ; mkdir /owned/dir ; mknod p /owned/p";
  TestRun real;
  ASSERT_THAT(real.Run(SandboxMode::kReal, kCommands), IsOk());
  TestRun emulated;
  ASSERT_THAT(emulated.Run(SandboxMode::kEmulated, kCommands), IsOk());
  EXPECT_EQ(real.Entries(), emulated.Entries());
  EXPECT_TRUE(ReadFile(real.Path("layer.tar")).value() ==
              ReadFile(emulated.Path("layer.tar")).value());
  EXPECT_EQ(ReadFile(real.Path("layer.index")).value(),
            ReadFile(emulated.Path("layer.index")).value());
}

}  // namespace
}  // namespace rules_dockerfile
