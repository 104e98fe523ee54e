// Emulated ids against real ones: random sequences of the calls that the
// supervisor answers have the same results and leave the same files. It begins
// at RULES_DOCKERFILE_FUZZ_SEED, runs for RULES_DOCKERFILE_FUZZ_SECONDS and
// shows RULES_DOCKERFILE_FUZZ_LINES before a difference, if they are set:
//
//   bazel test //lib/sandbox:differential_unsandboxed_test
//     --test_env=RULES_DOCKERFILE_FUZZ_SECONDS=600 --test_timeout=900

#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/sandbox_testing.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

constexpr int kSequences = 40;
constexpr int kCalls = 150;

int FromEnvironment(const char* name, int otherwise) {
  const char* value = getenv(name);
  return value == nullptr ? otherwise : atoi(value);
}

// The first line in which they differ, in both, and what comes before it; "" if
// they are the same.
std::string FirstDifference(absl::string_view real,
                            absl::string_view emulated) {
  if (real == emulated) return "";
  const std::vector<absl::string_view> one = absl::StrSplit(real, '\n');
  const std::vector<absl::string_view> other = absl::StrSplit(emulated, '\n');
  size_t at = 0;
  while (at < one.size() && at < other.size() && one[at] == other[at]) ++at;
  const size_t shown = FromEnvironment("RULES_DOCKERFILE_FUZZ_LINES", 12);
  const size_t first = at < shown ? 0 : at - shown;
  return absl::StrCat(
      absl::StrJoin(one.begin() + first, one.begin() + at, "\n"),
      "\nreal:     ", at < one.size() ? one[at] : "no more",
      "\nemulated: ", at < other.size() ? other[at] : "no more");
}

class EmulatedIds : public testing::Test {
 protected:
  void SetUp() override {
    if (!CanHaveSandbox(SandboxMode::kReal) ||
        !CanHaveSandbox(SandboxMode::kEmulated)) {
      GTEST_SKIP() << "skipped: not root with all ids";
    }
  }

  // Runs sequences of the probe's `command` in both modes.
  void Compare(absl::string_view command,
               SandboxSpec (*spec)(SandboxMode, absl::string_view)) {
    const int first = FromEnvironment("RULES_DOCKERFILE_FUZZ_SEED", 1);
    const time_t end =
        time(nullptr) + FromEnvironment("RULES_DOCKERFILE_FUZZ_SECONDS", 0);
    int sequences = 0;
    for (; sequences < kSequences || time(nullptr) < end; ++sequences) {
      const std::string commands =
          absl::StrCat(command, " ", first + sequences, " ", kCalls);
      const std::string real =
          SandboxOutput(spec(SandboxMode::kReal, commands));
      const std::string emulated =
          SandboxOutput(spec(SandboxMode::kEmulated, commands));
      ASSERT_EQ(FirstDifference(real, emulated), "") << commands;
      ASSERT_NE(real, "");
    }
    printf("%d sequences of %d calls\n", sequences, kCalls);
  }
};

TEST_F(EmulatedIds, DoWhatRealIdsDo) { Compare("fuzz", ProbeSpec); }

// With all that permissions decide.
TEST_F(EmulatedIds, PermitWhatRealIdsPermit) {
  Compare("fuzz_user", UserProbeSpec);
}

}  // namespace
}  // namespace rules_dockerfile
