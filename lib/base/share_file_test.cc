#include "lib/base/share_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"

namespace rules_dockerfile {
namespace {

std::string Path(const std::string& name) {
  const std::string path = absl::StrCat(testing::TempDir(), "/", name);
  unlink(path.c_str());
  return path;
}

ino_t Inode(const std::string& path) {
  struct stat info;
  EXPECT_EQ(stat(path.c_str(), &info), 0);
  return info.st_ino;
}

TEST(ShareFile, LinksAFileThatNobodyMayWriteTo) {
  const std::string from = Path("read_only");
  ASSERT_EQ(WriteFile(from, "bytes"), absl::OkStatus());
  ASSERT_EQ(chmod(from.c_str(), 0555), 0);
  const std::string link = Path("link");
  ASSERT_EQ(symlink(from.c_str(), link.c_str()), 0);
  const std::string to = Path("linked");
  ASSERT_TRUE(ShareFile(link, to));
  EXPECT_EQ(Inode(to), Inode(from));
  EXPECT_EQ(ReadFile(to).value(), "bytes");
}

// Whether it is a clone depends on the file system; a link it never is.
TEST(ShareFile, LinksNoFileThatSomebodyMayEdit) {
  const std::string from = Path("writable");
  ASSERT_EQ(WriteFile(from, "bytes"), absl::OkStatus());
  ASSERT_EQ(chmod(from.c_str(), 0644), 0);
  const std::string to = Path("cloned");
  if (ShareFile(from, to)) {
    EXPECT_NE(Inode(to), Inode(from));
    EXPECT_EQ(ReadFile(to).value(), "bytes");
  } else {
    EXPECT_NE(access(to.c_str(), F_OK), 0);
  }
}

TEST(ShareFile, SharesNothingElse) {
  const std::string fifo = Path("fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0444), 0);
  const std::string to = Path("nothing");
  EXPECT_FALSE(ShareFile(fifo, to));
  EXPECT_FALSE(ShareFile(testing::TempDir(), to));
  EXPECT_FALSE(ShareFile(Path("missing"), to));
  EXPECT_NE(access(to.c_str(), F_OK), 0);
}

}  // namespace
}  // namespace rules_dockerfile
