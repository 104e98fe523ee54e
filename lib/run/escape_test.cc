#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/run/test_layer.h"
#include "lib/run/test_run.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"
#include "lib/sandbox/testing/escape/expected_outcomes.h"
#include "lib/sandbox/testing/escape/outside.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {
namespace {

// What the escape probe tries from inside a RUN, in each mode.
class EscapeTest : public testing::TestWithParam<SandboxMode> {
 protected:
  void SetUp() override {
    if (!CanHaveSandbox(GetParam())) {
      GTEST_SKIP() << "skipped: this user cannot have such ids";
    }
    KeepFiles(run_,
              {{"bin/escape_probe", TarEntryType::kFile,
                ReadFile("lib/sandbox/testing/escape/escape_probe").value()}});
  }

  // What a RUN of the probe prints.
  std::string Output(absl::string_view flags, std::vector<std::string> argv) {
    argv.insert(argv.begin(), "/bin/escape_probe");
    testing::internal::CaptureStdout();
    const absl::Status status = run_.Run(
        GetParam(), absl::StrCat("RUN ", flags, "[\"",
                                 absl::StrJoin(argv, "\", \""), "\"]\n"));
    std::string printed = testing::internal::GetCapturedStdout();
    EXPECT_THAT(status, absl_testing::IsOk());
    return printed;
  }

  TestRun run_;
};

// A cache mount that stays is a directory of the host that can be written:
// docs/sandbox_attacks.md knows it as /data.
TEST_P(EscapeTest, HasTheOutcomesOfTheTable) {
  const Outside outside;
  std::vector<std::string> arguments = outside.Arguments();
  std::string flags;
  const bool weak = GetParam() == SandboxMode::kChroot;
  if (weak) {
    run_.options.network = SandboxNetwork::kHost;
    arguments.push_back("weak=1");
  } else if (GetParam() != SandboxMode::kMapped) {
    run_.options.cache_mounts = run_.Path("caches");
    flags = "--mount=type=cache,target=/data ";
  }
  const std::string printed = Output(flags, arguments);
  const std::string expected =
      ExpectedOutcomes(ReadFile("docs/sandbox_attacks.md").value(),
                       {"run", SandboxModeName(GetParam())});
  EXPECT_EQ(ActualOutcomes(printed, expected), expected);
  EXPECT_EQ(run_.Entries(), "");
  if (weak) return;
  EXPECT_EQ(EscapedOutcomes(printed), "");
  EXPECT_EQ(outside.Touched(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Modes, EscapeTest,
    testing::Values(SandboxMode::kReal, SandboxMode::kMapped,
                    SandboxMode::kEmulated, SandboxMode::kChroot),
    [](const auto& info) { return std::string(SandboxModeName(info.param)); });

}  // namespace
}  // namespace rules_dockerfile
