#include "e2e/conformance/runner/conformance_case.h"

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

TEST(ParseCase, ReadsEveryField) {
  EXPECT_THAT(ParseCase(R"({"target": "t", "platform": "linux/arm64",
      "network": "host", "build_args": {"A": "1"}, "labels": {"l": "2"},
      "named_contexts": {"c": "dir"}, "bases": {"b": "b.tar"},
      "secrets": {"s": "f"}, "must_fail": true})"),
              IsOkAndHolds(ConformanceCase{.name = "",
                                           .directory = "",
                                           .target = "t",
                                           .platform = "linux/arm64",
                                           .network = "host",
                                           .build_args = {{"A", "1"}},
                                           .labels = {{"l", "2"}},
                                           .named_contexts = {{"c", "dir"}},
                                           .bases = {{"b", "b.tar"}},
                                           .secrets = {{"s", "f"}},
                                           .must_fail = true}));
}

TEST(ParseCase, TakesNoTextForNoFields) {
  EXPECT_THAT(ParseCase(""), IsOkAndHolds(ConformanceCase{}));
}

TEST(ParseCase, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(
      ParseCase(R"({"tagret": "t"})"),
      StatusIs(absl::StatusCode::kInvalidArgument, "unknown field \"tagret\""));
  EXPECT_THAT(
      ParseCase(R"({"build_args": {"A": 1}})"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "field \"build_args.A\": expected a string, got a number"));
  EXPECT_THAT(ParseCase("[]"), StatusIs(absl::StatusCode::kInvalidArgument,
                                        "expected a JSON object"));
}

}  // namespace
}  // namespace rules_dockerfile
