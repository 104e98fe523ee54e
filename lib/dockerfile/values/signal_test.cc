#include "lib/dockerfile/values/signal.h"

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

TEST(ValidateSignal, TakesNamesAndNumbers) {
  for (const char* signal : {"SIGTERM", "TERM", "sigkill", "kill", "9", "37",
                             "RTMIN", "SIGRTMIN+3", "rtmax-14", "SIGRTMAX"}) {
    EXPECT_THAT(ValidateSignal(signal), IsOk()) << signal;
  }
}

TEST(ValidateSignal, RefusesOthers) {
  for (const char* signal : {"", "FOO", "SIG", "SIGSIGTERM", "0", "-1", "1x",
                             "RTMIN+16", "RTMIN-1", "RTMAX-15", "RTMIN+01"}) {
    EXPECT_THAT(ValidateSignal(signal),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("invalid signal: ", signal)))
        << signal;
  }
}

}  // namespace
}  // namespace rules_dockerfile
