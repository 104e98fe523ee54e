#include "lib/apt/deb_file.h"

#include <unistd.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/apt/package_testing.h"
#include "lib/base/file.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

class ExtractDebFileTest : public testing::Test {
 protected:
  ExtractDebFileTest() {
    TestMember program = TestFile("./usr/bin/program", "text");
    program.entry.mode = 04711;
    EXPECT_THAT(
        WriteFile(deb_,
                  TestDeb("Package: some\nVersion: 1\nArchitecture: all\n", {},
                          {TestDirectory("./usr"), TestDirectory("./usr/bin"),
                           TestSymlink("./usr/bin/link", "program"), program,
                           TestFile("./usr/manual", "words")})),
        IsOk());
  }

  const std::string deb_ = absl::StrCat(testing::TempDir(), "/some_1_all.deb");
  const std::string out_ = absl::StrCat(testing::TempDir(), "/out");
};

TEST_F(ExtractDebFileTest, WritesAProgram) {
  ASSERT_THAT(ExtractDebFile(deb_, "/usr/bin/program", out_), IsOk());
  EXPECT_THAT(ReadFile(out_), IsOkAndHolds("text"));
  EXPECT_EQ(access(out_.c_str(), X_OK), 0);
}

TEST_F(ExtractDebFileTest, WritesAFileThatIsNotAProgram) {
  ASSERT_THAT(ExtractDebFile(deb_, "/usr/manual", out_), IsOk());
  EXPECT_THAT(ReadFile(out_), IsOkAndHolds("words"));
  EXPECT_NE(access(out_.c_str(), X_OK), 0);
}

TEST_F(ExtractDebFileTest, NamesThePackageThatHasNoSuchFile) {
  for (const char* path : {"/usr/bin/other", "/usr/bin/link", "/usr"}) {
    EXPECT_THAT(
        ExtractDebFile(deb_, path, out_),
        StatusIs(absl::StatusCode::kNotFound,
                 absl::StrCat("package \"some_1_all.deb\": expected a file \"",
                              path, "\", got none")));
  }
}

}  // namespace
}  // namespace rules_dockerfile
