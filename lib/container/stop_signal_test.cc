#include "lib/container/stop_signal.h"

#include <signal.h>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using absl_testing::IsOkAndHolds;
using absl_testing::StatusIs;

TEST(StopSignalNumber, IsSigtermByDefault) {
  EXPECT_THAT(StopSignalNumber(""), IsOkAndHolds(SIGTERM));
}

TEST(StopSignalNumber, KnowsNumbersAndNamesInAnyForm) {
  EXPECT_THAT(StopSignalNumber("9"), IsOkAndHolds(SIGKILL));
  EXPECT_THAT(StopSignalNumber("SIGQUIT"), IsOkAndHolds(SIGQUIT));
  EXPECT_THAT(StopSignalNumber("winch"), IsOkAndHolds(SIGWINCH));
  EXPECT_THAT(StopSignalNumber("SigPoll"), IsOkAndHolds(SIGIO));
  EXPECT_THAT(StopSignalNumber("SYS"), IsOkAndHolds(SIGSYS));
  EXPECT_THAT(StopSignalNumber("CLD"), IsOkAndHolds(SIGCHLD));
}

TEST(StopSignalNumber, KnowsRealTimeSignals) {
  EXPECT_THAT(StopSignalNumber("RTMIN"), IsOkAndHolds(SIGRTMIN));
  EXPECT_THAT(StopSignalNumber("SIGRTMIN+3"), IsOkAndHolds(SIGRTMIN + 3));
  EXPECT_THAT(StopSignalNumber("RTMAX-14"), IsOkAndHolds(SIGRTMAX - 14));
}

TEST(StopSignalNumber, RefusesOthers) {
  EXPECT_THAT(
      StopSignalNumber("FOO"),
      StatusIs(absl::StatusCode::kInvalidArgument, "invalid signal: FOO"));
}

}  // namespace
}  // namespace rules_dockerfile
