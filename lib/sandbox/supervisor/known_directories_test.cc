#include "lib/sandbox/supervisor/known_directories.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/supervisor/target_file.h"

namespace rules_dockerfile {
namespace {

TargetFile Open(const std::string& path) {
  return *TargetFile::Take(
      UniqueFd(open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)), -1);
}

// Looks "inner" up in `directory` as a walk does.
ino_t LookUp(KnownDirectories& directories, const std::string& directory) {
  const TargetFile around = Open(directory);
  std::optional<TargetFile> inner = directories.Find(around, "inner");
  if (!inner.has_value()) {
    inner = TargetFile::At(around, "inner");
    directories.Remember(around, "inner", *inner);
  }
  return inner->info().st_ino;
}

class KnownDirectoriesTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(mkdtemp(root_.data()), nullptr);
    ASSERT_EQ(mkdir(Path("inner").c_str(), 0755), 0);
    ASSERT_EQ(mkdir(Path("other").c_str(), 0700), 0);
  }

  std::string Path(const std::string& name) const { return root_ + "/" + name; }

  // Looks up until the answer is remembered, which it is once the directory
  // has not changed for some ticks of the kernel's clock.
  void LookUpUntilKnown() {
    while (!directories_.Find(Open(root_), "inner").has_value()) {
      LookUp(directories_, root_);
    }
  }

  std::string root_ = testing::TempDir() + "/known.XXXXXX";
  KnownDirectories directories_;
};

TEST_F(KnownDirectoriesTest, RemembersNothingOfADirectoryThatJustChanged) {
  const TargetFile around = Open(root_);
  directories_.Remember(around, "inner", *TargetFile::At(around, "inner"));
  EXPECT_FALSE(directories_.Find(around, "inner").has_value());
}

TEST_F(KnownDirectoriesTest, KnowsTheFileAndAsksForItsMode) {
  LookUpUntilKnown();
  ASSERT_EQ(chmod(Path("inner").c_str(), 0700), 0);
  const std::optional<TargetFile> known =
      directories_.Find(Open(root_), "inner");
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->info().st_ino, Open(Path("inner")).info().st_ino);
  EXPECT_EQ(known->info().st_mode & 07777, mode_t{0700});
}

TEST_F(KnownDirectoriesTest, ForgetsWhatARenameReplaced) {
  LookUpUntilKnown();
  ASSERT_EQ(rename(Path("other").c_str(), Path("inner").c_str()), 0);
  EXPECT_EQ(LookUp(directories_, root_), Open(Path("inner")).info().st_ino);
}

TEST_F(KnownDirectoriesTest, ForgetsWhatIsLinkedOtherwise) {
  ASSERT_EQ(rmdir(Path("inner").c_str()), 0);
  ASSERT_EQ(symlink("other", Path("inner").c_str()), 0);
  LookUpUntilKnown();
  const ino_t before = LookUp(directories_, root_);
  ASSERT_EQ(symlink("/", Path("new").c_str()), 0);
  ASSERT_EQ(rename(Path("new").c_str(), Path("inner").c_str()), 0);
  EXPECT_NE(LookUp(directories_, root_), before);
  EXPECT_EQ(LookUp(directories_, root_), Open(Path("inner")).info().st_ino);
}

TEST_F(KnownDirectoriesTest, KnowsFilesThatDependOnTheReader) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(directories_.DependsOnWhoLooks(Open("/proc")));
    EXPECT_FALSE(directories_.DependsOnWhoLooks(Open(root_)));
  }
}

}  // namespace
}  // namespace rules_dockerfile
