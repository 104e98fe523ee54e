#include "lib/base/program.h"

#include <stdlib.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using absl_testing::StatusIs;

ProgramResult Shell(const char* script, ProgramOptions options = {}) {
  options.argv = {"sh", "-c", script};
  return RunProgram(options).value_or(ProgramResult());
}

TEST(RunProgram, ReturnsWhatItWritesAndHowItEnds) {
  const ProgramResult result =
      Shell("cat; echo why >&2; exit 3",
            {.input = std::string(5000, 'x'), .keep_errors = true});
  EXPECT_EQ(result.output, std::string(5000, 'x'));
  EXPECT_EQ(result.errors, "why\n");
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_FALSE(result.succeeded());
  EXPECT_TRUE(Shell("true").succeeded());
  EXPECT_EQ(Shell("kill -9 $$").exit_code, -1);
}

TEST(RunProgram, DoesNotEndForInputThatIsNotRead) {
  EXPECT_TRUE(Shell("exec <&-; exit 0", {.input = std::string(1 << 20, 'x')})
                  .succeeded());
}

TEST(RunProgram, DropsWhatIsTooMuch) {
  EXPECT_EQ(Shell("echo 12345678", {.max_output = 3}).output, "123");
}

TEST(RunProgram, KillsWhatTakesTooLongWithAllThatItStarted) {
  ProgramResult result;
  // On a busy machine the shell itself may take longer to begin.
  for (absl::Duration timeout = absl::Milliseconds(200);
       result.output.empty() && timeout < absl::Minutes(1); timeout *= 2) {
    const absl::Time start = absl::Now();
    result = Shell("echo begun; sleep 600 & sleep 600", {.timeout = timeout});
    EXPECT_TRUE(result.timed_out);
    EXPECT_LT(absl::Now() - start, timeout + absl::Minutes(1));
  }
  EXPECT_EQ(result.output, "begun\n");
}

TEST(RunProgram, HasTheEnvironmentThatIsGiven) {
  setenv("RD_PROGRAM_TEST", "outer", 1);
  const char* const kPrint = "echo \"$RD_PROGRAM_TEST $RD_OTHER\"";
  EXPECT_EQ(Shell(kPrint).output, "outer \n");
  EXPECT_EQ(Shell(kPrint, {.environment = {{"RD_OTHER=a b"}}}).output,
            " a b\n");
  EXPECT_EQ(Shell(kPrint, {.environment = std::vector<std::string>()}).output,
            " \n");
}

TEST(RunProgram, SaysWhyItDoesNotStart) {
  EXPECT_THAT(RunProgram({.argv = {"/no/such"}}),
              StatusIs(absl::StatusCode::kNotFound,
                       "cannot run \"/no/such\": No such file or directory"));
}

}  // namespace
}  // namespace rules_dockerfile
