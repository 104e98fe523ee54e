#include "tools/shared/stamp.h"

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"

namespace rules_dockerfile {
namespace {

TEST(Stamp, ReadsTheFilesOfBazel) {
  const std::string stable = absl::StrCat(testing::TempDir(), "/stable");
  const std::string other = absl::StrCat(testing::TempDir(), "/volatile");
  ASSERT_EQ(WriteFile(stable, "STABLE_GIT_COMMIT 1a2b\nBUILD_USER a b\nNONE\n"),
            absl::OkStatus());
  ASSERT_EQ(WriteFile(other, "BUILD_TIMESTAMP 17\n"), absl::OkStatus());
  EXPECT_EQ(ReadStatusFiles({stable, other}).value(),
            (Stamp{{"BUILD_TIMESTAMP", "17"},
                   {"BUILD_USER", "a b"},
                   {"NONE", ""},
                   {"STABLE_GIT_COMMIT", "1a2b"}}));
}

TEST(Stamp, ReplacesKeys) {
  const Stamp stamp = {{"A", "1"}, {"B_2", "{A}"}};
  EXPECT_EQ(ExpandStamp("v{A}-{B_2}{A}", stamp).value(), "v1-{A}1");
  EXPECT_EQ(ExpandStamp("{a} {} {2} {A", stamp).value(), "{a} {} {2} {A");
  EXPECT_EQ(ExpandStamp("{{A}}", stamp).value(), "{1}");
  EXPECT_EQ(ExpandStamp("v{GIT}", {}).value(), "v{GIT}");
  EXPECT_EQ(ExpandStamp("v-{GIT}", stamp).status(),
            absl::InvalidArgumentError(
                "\"v-{GIT}\": the workspace status has no \"GIT\""));
}

TEST(Stamp, ExpandsTheValuesOfLabels) {
  const std::string status = absl::StrCat(testing::TempDir(), "/status");
  ASSERT_EQ(WriteFile(status, "A 1\n"), absl::OkStatus());
  using Values = std::map<std::string, std::string>;
  EXPECT_EQ(StampedKeyValues({"{A}={A}", "b=2"}, {status}).value(),
            (Values{{"b", "2"}, {"{A}", "1"}}));
  EXPECT_EQ(StampedKeyValues({"a={A}"}, {}).value(), (Values{{"a", "{A}"}}));
}

}  // namespace
}  // namespace rules_dockerfile
