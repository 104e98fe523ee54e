#include "lib/sandbox/root/remove_tree.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {
namespace {

UniqueFd MakeIn(int directory_fd, const char* name) {
  mkdirat(directory_fd, name, 0700);
  return UniqueFd(
      openat(directory_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

void WriteIn(int directory_fd, const char* name) {
  UniqueFd(openat(directory_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

class RemoveTreeTest : public testing::Test {
 protected:
  RemoveTreeTest() : path_(testing::TempDir() + "/tree") {
    mkdir(path_.c_str(), 0700);
    top_ = UniqueFd(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }

  void ExpectAllRemoved() {
    EXPECT_TRUE(RemoveTree(top_.get()));
    EXPECT_EQ(rmdir(path_.c_str()), 0);
  }

  std::string path_;
  UniqueFd top_;
};

TEST_F(RemoveTreeTest, RemovesFilesLinksAndDirectories) {
  WriteIn(top_.get(), "file");
  symlinkat("/", top_.get(), "link");
  const UniqueFd inner = MakeIn(top_.get(), "inner");
  WriteIn(inner.get(), "file");
  MakeIn(MakeIn(inner.get(), "full").get(), "empty");
  fchmod(inner.get(), 0);
  ExpectAllRemoved();
}

TEST_F(RemoveTreeTest, NeedsNoNameThatIsTaken) {
  WriteIn(top_.get(), ".removed.0");
  WriteIn(MakeIn(MakeIn(top_.get(), "a").get(), "full").get(), "file");
  WriteIn(MakeIn(MakeIn(top_.get(), ".removed.1").get(), "full").get(), "file");
  ExpectAllRemoved();
}

TEST_F(RemoveTreeTest, NeedsFewDescriptorsForDeepDirectories) {
  UniqueFd deepest = MakeIn(top_.get(), "0");
  for (int i = 0; i < 3000; ++i) {
    UniqueFd next = MakeIn(deepest.get(), "a");
    ASSERT_TRUE(next.ok());
    deepest = std::move(next);
  }
  WriteIn(deepest.get(), "file");
  rlimit old;
  getrlimit(RLIMIT_NOFILE, &old);
  const rlimit few = {.rlim_cur = 32, .rlim_max = old.rlim_max};
  setrlimit(RLIMIT_NOFILE, &few);
  ExpectAllRemoved();
  setrlimit(RLIMIT_NOFILE, &old);
}

TEST_F(RemoveTreeTest, ReportsWhatItCannotRead) {
  WriteIn(top_.get(), "file");
  const UniqueFd file(openat(top_.get(), "file", O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(RemoveTree(file.get()));
  ExpectAllRemoved();
}

}  // namespace
}  // namespace rules_dockerfile
