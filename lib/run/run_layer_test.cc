#include "lib/run/run_layer.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/layer/layer_index.h"
#include "lib/run/run_layer_testing.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(RunLayer, RefusesNamesThatMarkDeletions) {
  TestRun run;
  EXPECT_THAT(run.Run(std::nullopt, "write /d/.wh.evil x"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "file name \"d/.wh.evil\" cannot be stored in a layer: "
                       "the prefix \".wh.\" marks deletions"));
  EXPECT_FALSE(ReadFile(run.Path("layer.tar")).ok());
}

// It takes no room, but the layer would, and reading it would take for ever.
TEST(RunLayer, RefusesAFileThatIsLargerThanTheDisk) {
  TestRun run;
  EXPECT_THAT(
      run.Run(std::nullopt, "make_hole 16000000000000 /huge"),
      StatusIs(absl::StatusCode::kResourceExhausted,
               ::testing::MatchesRegex(
                   "\"huge\": expected at most [0-9]+ bytes, which are free "
                   "for the layer, got 16000000000000")));
  EXPECT_FALSE(ReadFile(run.Path("layer.tar")).ok());
}

TEST(RunLayer, ReportsTheExitCodeInTheWordsOfBuildKit) {
  TestRun run;
  EXPECT_THAT(run.Run(std::nullopt, "exit 42"),
              StatusIs(absl::StatusCode::kAborted,
                       "process \"/bin/probe exit 42\" did not complete "
                       "successfully: exit code: 42"));
  EXPECT_FALSE(ReadFile(run.Path("layer.tar")).ok());
  EXPECT_FALSE(ReadFile(run.Path("layer.index")).ok());
  EXPECT_FALSE(ReadFile(run.Path("step")).ok());
}

TEST(RunLayer, ReportsTheSignalThatEndedTheCommand) {
  TestRun run;
  EXPECT_THAT(run.Run(std::nullopt, "kill 11"),
              StatusIs(absl::StatusCode::kAborted,
                       "process \"/bin/probe kill 11\" did not complete "
                       "successfully: exit code: 139 (Segmentation fault)"));
}

TEST(RunLayer, ReportsThatMemoryRanOut) {
  TestRun run;
  run.options.limits.memory = int64_t{103} << 20;
  EXPECT_THAT(
      run.Run(std::nullopt, "fill 200 ; pause"),
      StatusIs(absl::StatusCode::kAborted,
               "process \"/bin/probe fill 200 ; pause\" did not complete "
               "successfully: exit code: 137 (Killed)\n"
               "RUN ran out of memory: the limit is 103 MiB\n"
               "hint: --@rules_dockerfile//rules/settings:run_memory=MIB"));
}

// Whatever the command says of it.
TEST(RunLayer, ReportsThatItMissedANetwork) {
  const std::string hint =
      "\nhint: it tried to use a network and has none: set network = "
      "\"locked\" "
      "in its dockerfile_image, and record what it fetches with `bazel run` of "
      "the image's target .lock";
  TestRun run;
  for (const char* resolver : {"192.0.2.1", "127.0.0.1"}) {
    const std::string command = absl::StrCat("resolve ", resolver, " ; exit 6");
    EXPECT_EQ(
        run.Output("", command),
        absl::StrCat("process \"/bin/probe ", command,
                     "\" did not complete successfully: exit code: 6", hint));
  }
  EXPECT_EQ(run.Output("", "exit 6"),
            "process \"/bin/probe exit 6\" did not complete successfully: exit "
            "code: 6");
  EXPECT_EQ(run.Output("--network=none", "resolve 192.0.2.1 ; exit 6"),
            "process \"/bin/probe resolve 192.0.2.1 ; exit 6\" did not "
            "complete successfully: exit code: 6\nhint: it tried to use a "
            "network, which --network=none disables");
}

TEST(RunLayer, ReportsThatTheShellIsMissing) {
  TestRun run;
  EXPECT_THAT(
      run.Run(std::nullopt, "RUN true\n"),
      StatusIs(absl::StatusCode::kAborted,
               "process \"/bin/sh -c true\" did not complete successfully: "
               "exec: \"/bin/sh\": stat /bin/sh: no such file or directory"));
}

TEST(RunLayer, ClampsTimesToTheEpoch) {
  TestRun run;
  ASSERT_THAT(
      run.Run(std::nullopt, "write /new x ; write /old x ; touch 7 /old"),
      IsOk());
  const LayerIndex index =
      ParseLayerIndex(ReadFile(run.Path("layer.index")).value()).value();
  ASSERT_EQ(index.entries.size(), 2u);
  EXPECT_EQ(index.entries[0].mtime, TestRun::kEpoch);
  EXPECT_EQ(index.entries[1].mtime, 7);
}

// /etc/hosts and /etc/resolv.conf are mounted in a directory of the base.
TEST(RunLayer, LeavesTheTimesOfDirectoriesThatItMountsIn) {
  TestRun run;
  ASSERT_THAT(run.Run(std::nullopt,
                      "mkdir /etc/sub 755 ; touch 7 /etc/sub ; touch 8 /etc"),
              IsOk());
  run.Keep();
  for (const bool overlay : {true, false}) {
    run.options.overlay = overlay;
    ASSERT_THAT(run.Run(std::nullopt, "write /etc/sub/new x"), IsOk());
    const LayerIndex index =
        ParseLayerIndex(ReadFile(run.Path("layer.index")).value()).value();
    ASSERT_EQ(index.entries.size(), 3u) << run.Entries();
    EXPECT_EQ(index.entries[0].path, "etc");
    EXPECT_EQ(index.entries[0].mtime, 8) << "overlay: " << overlay;
  }
}

std::string Times(const TestRun& run) {
  const LayerIndex index =
      ParseLayerIndex(ReadFile(run.Path("layer.index")).value()).value();
  return absl::StrJoin(index.entries, ", ",
                       [](std::string* out, const LayerEntry& entry) {
                         absl::StrAppend(out, entry.path, " ", entry.mtime);
                       });
}

TEST(RunLayer, KeepsTheTimesThatTheCommandSetsWithoutAnEpoch) {
  for (const RunClock clock : {RunClock::kFake, RunClock::kReal}) {
    TestRun run;
    run.options.clock = clock;
    run.options.epoch = std::nullopt;
    ASSERT_THAT(run.Run(std::nullopt,
                        "write /new x ; write /old x ; touch 1046649600 /old ; "
                        "write /later x ; touch 4102444801 /later"),
                IsOk());
    EXPECT_EQ(Times(run), "later 4102444801, new 1767225600, old 1046649600");
  }
}

TEST(RunLayer, SetsTheEpochToTheTimeOfItsFiles) {
  for (const RunClock clock : {RunClock::kFake, RunClock::kReal}) {
    TestRun run;
    run.options.clock = clock;
    EXPECT_THAT(run.Output("", "env"), HasSubstr("SOURCE_DATE_EPOCH=5000\n"));
    run.options.epoch = std::nullopt;
    EXPECT_THAT(run.Output("", "env"),
                HasSubstr("SOURCE_DATE_EPOCH=1767225600\n"));
    run.options.sets_epoch = false;
    EXPECT_THAT(run.Output("", "env"), Not(HasSubstr("SOURCE_DATE_EPOCH")));
  }
}

TEST(RunLayer, SetsTheEpochToTheStartOfItsClock) {
  TestRun run;
  run.options.clock = RunClock::kFake;
  run.options.clock_start = 1800000000;
  run.options.epoch = std::nullopt;
  EXPECT_THAT(run.Output("", "env ; write /new x"),
              HasSubstr("SOURCE_DATE_EPOCH=1800000000\n"));
  EXPECT_EQ(Times(run), "new 1800000000");
}

TEST(RunLayer, EndsTheServiceOfANetworkThatTheCommandHasNot) {
  TestRun run;
  int ends = 0;
  run.options.proxy = {.answer = {},
                       .finish = [&ends]() -> absl::StatusOr<std::string> {
                         ++ends;
                         return "";
                       }};
  EXPECT_THAT(run.Output("--network=none", "env"),
              Not(HasSubstr("http_proxy")));
  EXPECT_EQ(ends, 1);
}

TEST(RunLayer, LeavesTheStagesOwnEpochAlone) {
  TestRun run;
  run.Write("state", R"({"args": [], "env": ["SOURCE_DATE_EPOCH=9"], )"
                     R"("platform": "linux/amd64", "shell": [], "user": "", )"
                     R"("workdir": "/"})");
  EXPECT_THAT(run.Output("", "env"), HasSubstr("SOURCE_DATE_EPOCH=9\n"));
}

TEST(RunLayer, DoesNotKeepWhatIsScrubbed) {
  TestRun run;
  run.options.scrub = {"cache/**", "old"};
  ASSERT_THAT(run.Run(std::nullopt,
                      "mkdir /cache ; write /cache/a x ; write /new x ; "
                      "write /old changed"),
              IsOk());
  EXPECT_EQ(run.Entries(), "cache/ 0755, new 0644");
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

TEST(RunLayer, FilesHaveTheTimeOfItsClock) {
  TestRun run;
  run.options.epoch = int64_t{1} << 32;  // later than any test runs
  ASSERT_THAT(run.Run(std::nullopt, "date /f"), IsOk());
  const LayerIndex index =
      ParseLayerIndex(ReadFile(run.Path("layer.index")).value()).value();
  ASSERT_EQ(index.entries.size(), 1u);
  EXPECT_EQ(index.entries[0].mtime, run.options.epoch);
  EXPECT_EQ(index.entries[0].size, 10);
}

TEST(RunLayer, ShowsABootThatIsTheSameEverywhere) {
  TestRun run;
  EXPECT_EQ(run.Output("",
                       "cat /proc/sys/kernel/random/boot_id ; cat "
                       "/proc/uptime"),
            "00000000-0000-4000-8000-000000000000\n1.00 1.00\n");
  run.options.clock = RunClock::kReal;
  EXPECT_NE(run.Output("", "cat /proc/uptime"), "1.00 1.00\n");
}

TEST(RunLayer, ShowsTheSameProcessorsEverywhere) {
  TestRun run;
  EXPECT_EQ(run.Output("", "processors"), "processors 4 4 4 4 4 on 0 0\n");
  run.options.processors = 7;
  EXPECT_EQ(run.Output("", "processors"), "processors 7 7 7 7 7 on 0 0\n");
  run.options.processors = 0;
  const std::string real = run.Output("", "processors");
  run.options.processors = 7;
  run.options.clock = RunClock::kReal;
  EXPECT_EQ(run.Output("", "processors").substr(0, 20), real.substr(0, 20));
}

// As BuildKit: its runtime creates them in the rootfs.
TEST(RunLayer, LeavesMountPointsInAnImageFromScratch) {
  TestRun run;
  run.UseBareBase();
  ASSERT_THAT(run.Run(std::nullopt, "write /new text"), IsOk());
  EXPECT_EQ(run.Entries(), "dev/ 0755, new 0644, proc/ 0755, sys/ 0755");
}

TEST(RunLayer, HasTheRealClockWhenAsked) {
  TestRun run;
  run.options.clock = RunClock::kReal;
  EXPECT_NE(run.Output("", "now"), "now 5000 5000 5000\n");
}

// The layer with the link does not have the text.
TEST(RunLayer, LooksTheUserUpBehindALinkToALowerLayer) {
  TestRun run;
  ASSERT_THAT(run.Run(std::nullopt, "mv /etc/passwd /users"), IsOk());
  run.Keep();
  run.AddLink("etc/passwd", "../users");
  run.SetStage("/", "app");
  EXPECT_EQ(run.Output("", "ids"),
            "uid 1000 1000 1000 gid 1000 1000 1000 groups 100 1000\n");
}

TEST(RunLayer, RunsAsTheUserInTheWorkingDirectory) {
  TestRun run;
  run.Write("state", R"({"args": [], "env": ["PATH=/bin"], )"
                     R"("platform": "linux/amd64", "shell": [], )"
                     R"("user": "app", "workdir": "/home/app/x"})");
  testing::internal::CaptureStdout();
  ASSERT_THAT(run.Run(std::nullopt, "ids ; cwd ; env ; write new x"), IsOk());
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "uid 1000 1000 1000 gid 1000 1000 1000 groups 100 1000\n"
            "cwd /home/app/x\nPATH=/bin\nHOME=/home/app\n"
            "SOURCE_DATE_EPOCH=5000\n");
  EXPECT_EQ(run.Entries(),
            "home/ 0755 1000:1000, home/app/ 0755 1000:1000, "
            "home/app/x/ 0755 1000:1000, home/app/x/new 0644 1000:1000");
}

TEST(RunLayer, HasTheBuildArgumentsThatNeedNoArg) {
  TestRun run;
  run.options.build_args = {{"http_proxy", "p"},
                            {"BUILDKIT_SANDBOX_HOSTNAME", "builder"}};
  const std::string output =
      run.Output("", "env ; cat /proc/sys/kernel/hostname");
  EXPECT_THAT(output, testing::HasSubstr("HTTP_PROXY=p\nhttp_proxy=p\n"));
  EXPECT_THAT(output, testing::EndsWith("builder\n"));
}

TEST(RunLayer, KnowsTheGivenHosts) {
  TestRun run;
  run.options.hosts = {{.name = "db", .address = "10.0.0.7"},
                       {.name = "a.lan", .address = "fd00::7"}};
  EXPECT_EQ(run.Output("", "cat /etc/hosts"),
            "127.0.0.1\tlocalhost buildkitsandbox\n"
            "::1\tlocalhost ip6-localhost ip6-loopback\n"
            "10.0.0.7\tdb\nfd00::7\ta.lan\n");
  EXPECT_EQ(run.Entries(), "");
}

TEST(RunLayer, RefusesWhatIsNotSupported) {
  TestRun run;
  EXPECT_EQ(run.Output("--security=insecure", "ids"),
            "RUN --security=insecure is not supported");
  EXPECT_EQ(
      run.Output("--network=host", "ids"),
      "RUN --network=host requires network = \"host\" on dockerfile_image");
}

// Something of all that a layer can hold.
constexpr char kCommands[] =
    "mkdir /a ; chown 33:44 /a ; chmod 2775 /a ; write /a/f text ; "
    "symlink f /a/l ; chown 5:6 /a/l ; mknod c /a/c 1 3 ; mknod p /a/p ; "
    "chown 7:8 /a/p ; setcap /f ; chown 9:9 /owned/f ; rm /d/f ; "
    "mv /link /l2 ; cp /bin/probe /a/s ; chown 12:13 /a/s ; "
    "chmod 6755 /a/s ; link /a/s /a/s2 ; user 1000:100 ; "
    "write /owned/by-user x ; mkdir /owned/dir ; mknod p /owned/p";

// What makes RUN cacheable: who runs it does not matter.
void ExpectTheSameAsEmulated(SandboxMode mode) {
  if (!CanHaveSandbox(mode)) {
    GTEST_SKIP() << "skipped: this user cannot have such ids";
  }
  TestRun run;
  ASSERT_THAT(run.Run(mode, kCommands), IsOk());
  TestRun emulated;
  ASSERT_THAT(emulated.Run(SandboxMode::kEmulated, kCommands), IsOk());
  EXPECT_EQ(run.Entries(), emulated.Entries());
  EXPECT_TRUE(ReadFile(run.Path("layer.tar")).value() ==
              ReadFile(emulated.Path("layer.tar")).value());
  EXPECT_EQ(ReadFile(run.Path("layer.index")).value(),
            ReadFile(emulated.Path("layer.index")).value());
}

TEST(RunLayer, IsTheSameToTheByteWithRealAndEmulatedIds) {
  ExpectTheSameAsEmulated(SandboxMode::kReal);
}

TEST(RunLayer, IsTheSameToTheByteWithMappedAndEmulatedIds) {
  ExpectTheSameAsEmulated(SandboxMode::kMapped);
}

// More layers than an overlay takes lower directories.
TEST(RunLayer, StandsOnHundredsOfLayers) {
  TestRun run;
  run.AddLayers(600);
  ASSERT_THAT(run.Run(std::nullopt, "rm /d/f ; write /new text"), IsOk());
  EXPECT_EQ(run.Entries(), "d/ 0755, -d/f, new 0644");
  run.AddLayers(601);
  ASSERT_THAT(run.Run(std::nullopt, "rm /d/more"), IsOk());
  EXPECT_EQ(run.Entries(), "d/ 0755, -d/more");
}

}  // namespace
}  // namespace rules_dockerfile
