#include <fcntl.h>
#include <sys/file.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/process/unique_fd.h"
#include "lib/run/layer_testing.h"
#include "lib/run/run_layer_testing.h"
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

  // The files of the cache mounts that a process still has locked.
  std::string HeldLocks() const {
    std::string held;
    if (run_.options.cache_mounts.empty()) return held;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             run_.options.cache_mounts)) {
      if (entry.path().filename() != "lock") continue;
      const UniqueFd fd(open(entry.path().c_str(), O_RDONLY));
      if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        absl::StrAppend(&held, entry.path().string(), "\n");
      }
    }
    return held;
  }

  // What comes of a RUN that does one thing: what the probe prints, without its
  // name, or what the error says.
  std::string End(const std::string& name) {
    testing::internal::CaptureStdout();
    const absl::Status status = run_.Run(
        GetParam(),
        absl::StrCat("RUN [\"", absl::StrJoin(CommandOfEnd(name), "\", \""),
                     "\"]\n"));
    const std::string printed = testing::internal::GetCapturedStdout();
    if (status.ok()) {
      return std::string(absl::StripTrailingAsciiWhitespace(
          absl::StripPrefix(printed, absl::StrCat(name, ": "))));
    }
    std::string message(status.message());
    for (const char* begin : {"RUN ran ", "exec: "}) {
      const size_t at = message.find(begin);
      if (at == message.npos) continue;
      return message.substr(at, message.find('\n', at) - at);
    }
    return message;
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
  EXPECT_EQ(HeldLocks(), "");
  EXPECT_EQ(EscapedOutcomes(printed), "");
  EXPECT_EQ(outside.Touched(), "");
}

// Attempts to use up the host, and to reach the tool's own program.
TEST_P(EscapeTest, EndsAsTheTableSays) {
  if (GetParam() == SandboxMode::kChroot) {
    GTEST_SKIP() << "skipped: without namespaces there are no limits";
  }
  KeepFiles(run_, {TestLink("link_to_exe", "/proc/self/exe"),
                   {"script_of_exe", TarEntryType::kFile, "#!/proc/self/exe\n",
                    0755}});
  run_.options.limits = {.memory = kEndMemory, .processes = kEndProcesses};
  const std::string expected =
      ExpectedEnds(ReadFile("docs/sandbox_attacks.md").value(),
                   {"run", SandboxModeName(GetParam())});
  std::string actual;
  for (const absl::string_view row :
       absl::StrSplit(expected, '\n', absl::SkipEmpty())) {
    const std::string name(row.substr(0, row.find(':')));
    absl::StrAppend(&actual, name, ": ", AsOfNewKernels(End(name)), "\n");
  }
  EXPECT_EQ(actual, expected);
}

INSTANTIATE_TEST_SUITE_P(
    Modes, EscapeTest,
    testing::Values(SandboxMode::kReal, SandboxMode::kMapped,
                    SandboxMode::kEmulated, SandboxMode::kChroot),
    [](const auto& info) { return std::string(SandboxModeName(info.param)); });

}  // namespace
}  // namespace rules_dockerfile
