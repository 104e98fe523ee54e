#include "lib/sandbox/report.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::StatusIs;

TEST(SandboxReport, ResultReadsBack) {
  SandboxResult result;
  result.mode = SandboxMode::kEmulated;
  result.overlay = false;
  result.start_error = "exec: \"x\": no";
  result.not_found = true;
  result.exit_code = 3;
  result.signal = 9;
  result.exceeded = ExceededLimit::kProcesses;
  result.missed_network = true;
  result.collected = std::string("a,b:\0\n", 6);
  const absl::StatusOr<SandboxResult> read =
      ParseSandboxReport(SandboxReportToText(result));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->mode, result.mode);
  EXPECT_EQ(read->overlay, result.overlay);
  EXPECT_EQ(read->start_error, result.start_error);
  EXPECT_EQ(read->not_found, result.not_found);
  EXPECT_EQ(read->exit_code, result.exit_code);
  EXPECT_EQ(read->signal, result.signal);
  EXPECT_EQ(read->exceeded, result.exceeded);
  EXPECT_EQ(read->missed_network, result.missed_network);
  EXPECT_EQ(read->collected, result.collected);
}

TEST(SandboxReport, ErrorReadsBack) {
  EXPECT_THAT(ParseSandboxReport(
                  SandboxReportToText(absl::PermissionDeniedError("no: 1,2"))),
              StatusIs(absl::StatusCode::kPermissionDenied, "no: 1,2"));
}

TEST(SandboxReport, CutTextMeansThatTheSandboxWasKilled) {
  const std::string whole = SandboxReportToText(SandboxResult());
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(
        ParseSandboxReport(whole.substr(0, size)),
        StatusIs(absl::StatusCode::kInternal, "the sandbox was killed"));
  }
}

}  // namespace
}  // namespace rules_dockerfile
