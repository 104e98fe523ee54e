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
  const absl::Time start = absl::Now();
  const ProgramResult result = Shell("echo begun; sleep 600 & sleep 600",
                                     {.timeout = absl::Milliseconds(200)});
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.output, "begun\n");
  EXPECT_LT(absl::Now() - start, absl::Seconds(60));
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
