#include "tools/shared/output_set.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"

namespace rules_dockerfile {
namespace {

TEST(OutputSet, RemovesFilesButNotWhatItWroteThrough) {
  const std::string file = absl::StrCat(testing::TempDir(), "/file");
  const std::string target = absl::StrCat(testing::TempDir(), "/target");
  const std::string link = absl::StrCat(testing::TempDir(), "/link");
  ASSERT_EQ(WriteFile(target, ""), absl::OkStatus());
  ASSERT_EQ(symlink("target", link.c_str()), 0);
  {
    OutputSet outputs;
    ASSERT_EQ(outputs.Write(file, "x"), absl::OkStatus());
    ASSERT_EQ(outputs.Write(link, "y"), absl::OkStatus());
  }
  EXPECT_NE(access(file.c_str(), F_OK), 0);
  struct stat info;
  ASSERT_EQ(lstat(link.c_str(), &info), 0);
  EXPECT_TRUE(S_ISLNK(info.st_mode));
  EXPECT_EQ(ReadFile(target).value(), "y");
}

TEST(OutputSet, KeepsFiles) {
  const std::string file = absl::StrCat(testing::TempDir(), "/kept");
  {
    OutputSet outputs;
    ASSERT_EQ(outputs.Write(file, "x"), absl::OkStatus());
    outputs.Keep();
  }
  EXPECT_EQ(ReadFile(file).value(), "x");
}

}  // namespace
}  // namespace rules_dockerfile
