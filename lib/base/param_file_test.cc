#include "lib/base/param_file.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;

TEST(ExpandParamFiles, PutsAnArgumentPerLineInPlace) {
  const std::string path = testing::TempDir() + "/params";
  ASSERT_THAT(WriteFile(path, "--a=1 2\n\n--b=\"'\n"), IsOk());
  EXPECT_THAT(
      ExpandParamFiles({"tool", "@" + path, "--c"}),
      IsOkAndHolds(ElementsAre("tool", "--a=1 2", "", "--b=\"'", "--c")));
}

TEST(ExpandParamFiles, ReadsEscapesAfterABackslash) {
  const std::string path = testing::TempDir() + "/escaped";
  ASSERT_THAT(WriteFile(path, "\\--a=1\\n\\r\\\\n\n--b=\\n\n\\\n\\@c\\\n"),
              IsOk());
  EXPECT_THAT(
      ExpandParamFiles({"tool", "@" + path}),
      IsOkAndHolds(ElementsAre("tool", "--a=1\n\r\\n", "--b=\\n", "", "@c\\")));
}

TEST(ExpandParamFiles, TakesAnEmptyFileAsNoArguments) {
  const std::string path = testing::TempDir() + "/empty";
  ASSERT_THAT(WriteFile(path, ""), IsOk());
  EXPECT_THAT(ExpandParamFiles({"tool", "@" + path}),
              IsOkAndHolds(ElementsAre("tool")));
}

TEST(ExpandParamFiles, LeavesLoneAtSignsAndWhatFollowsDashes) {
  EXPECT_THAT(ExpandParamFiles({"tool", "@", "--", "@none"}),
              IsOkAndHolds(ElementsAre("tool", "@", "--", "@none")));
}

TEST(ExpandParamFiles, FailsWhenTheFileIsMissing) {
  EXPECT_THAT(ExpandParamFiles({"tool", "@none"}),
              StatusIs(absl::StatusCode::kNotFound,
                       "cannot open \"none\": No such file or directory"));
}

}  // namespace
}  // namespace rules_dockerfile
