#include "lib/sandbox/watched_files.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdint>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/namespaces/memory_directory.h"
#include "lib/sandbox/sandbox_choice.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kMebibyte = 1 << 20;
constexpr int64_t kName = 1024;

// Two directories of one file system in memory.
class WatchedFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!CanHaveSandbox(SandboxMode::kEmulated)) {
      GTEST_SKIP() << "skipped: no such sandbox";
    }
    memory_.emplace(MemoryDirectory::Create(OwnerStore::kRecorded, 0).value());
    own_ = Open("/own");
    others_ = Open("/others");
    struct stat info;
    ASSERT_EQ(fstat(own_.get(), &info), 0);
    device_ = info.st_dev;
  }

  UniqueFd Open(const std::string& path) {
    return std::move(
        memory_
            ->OpenWritable([&path]() -> absl::StatusOr<std::string> {
              mkdir(path.c_str(), 0755);
              return path;
            })
            .value()
            .lock);
  }

  static UniqueFd Write(const UniqueFd& directory, const char* name,
                        int64_t mebibytes) {
    UniqueFd fd(
        openat(directory.get(), name, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (mebibytes > 0) {
      EXPECT_EQ(posix_fallocate(fd.get(), 0, mebibytes * kMebibyte), 0);
    }
    return fd;
  }

  WatchedFiles Watch() const {
    return {UniqueFd(dup(own_.get())), std::vector<dev_t>{device_}};
  }

  static int64_t Grown(WatchedFiles files) {
    const UniqueFd proc(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
    return files.Grown(proc.get(), {absl::StrCat(getpid())});
  }

  std::optional<MemoryDirectory> memory_;
  UniqueFd own_;
  UniqueFd others_;
  dev_t device_ = 0;
};

TEST_F(WatchedFilesTest, CountsWhatIsBelowTheDirectory) {
  Write(own_, "before", 1);
  WatchedFiles files = Watch();
  Write(others_, "file", 5);
  mkdirat(own_.get(), "upper", 0755);
  const UniqueFd upper(
      openat(own_.get(), "upper", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  Write(upper, "12", 2);
  linkat(upper.get(), "12", upper.get(), "link", 0);
  // With the root and the two directories.
  EXPECT_EQ(files.AtMost(), 8 * kMebibyte + 8 * kName);
  EXPECT_EQ(Grown(std::move(files)), 2 * kMebibyte + 3 * kName);
}

// So others that remove files hide nothing.
TEST_F(WatchedFilesTest, BoundsItByTheWholeFileSystem) {
  Write(others_, "file", 5);
  const WatchedFiles files = Watch();
  unlinkat(others_.get(), "file", 0);
  Write(own_, "file", 2);
  EXPECT_EQ(files.AtMost(), 2 * kMebibyte + 4 * kName);
}

TEST_F(WatchedFilesTest, CountsRemovedFilesThatAreOpen) {
  WatchedFiles files = Watch();
  const UniqueFd open_file = Write(own_, "file", 3);
  const UniqueFd again(dup(open_file.get()));
  unlinkat(own_.get(), "file", 0);
  EXPECT_EQ(Grown(std::move(files)), 3 * kMebibyte);
}

TEST_F(WatchedFilesTest, CountsExtendedAttributes) {
  WatchedFiles files = Watch();
  mkdirat(own_.get(), "d", 0755);
  const UniqueFd directory(
      openat(own_.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const UniqueFd file = Write(directory, "file", 0);
  linkat(directory.get(), "file", directory.get(), "link", 0);
  const UniqueFd removed = Write(own_, "removed", 0);
  unlinkat(own_.get(), "removed", 0);
  const std::string value(60000, 'x');
  for (const UniqueFd* fd : {&directory, &file, &removed}) {
    if (fsetxattr(fd->get(), "user.a", value.data(), value.size(), 0) < 0) {
      GTEST_SKIP() << "skipped: no extended attributes in memory";
    }
  }
  EXPECT_EQ(Grown(std::move(files)), 3 * kName + 3 * (60000 + 7));
}

// A thread may have its own table of open files.
TEST_F(WatchedFilesTest, CountsRemovedFilesThatAThreadHasOpen) {
  WatchedFiles files = Watch();
  std::promise<void> removed;
  std::promise<void> counted;
  std::thread thread([&] {
    EXPECT_EQ(unshare(CLONE_FILES), 0);
    const UniqueFd open_file = Write(own_, "file", 3);
    unlinkat(own_.get(), "file", 0);
    removed.set_value();
    counted.get_future().wait();
  });
  removed.get_future().wait();
  EXPECT_EQ(Grown(std::move(files)), 3 * kMebibyte);
  counted.set_value();
  thread.join();
}

TEST_F(WatchedFilesTest, LeavesLowerDirectoriesOut) {
  WatchedFiles files = Watch();
  mkdirat(own_.get(), "12", 0755);
  const UniqueFd lower(
      openat(own_.get(), "12", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  Write(lower, "file", 4);
  EXPECT_EQ(Grown(std::move(files)), 0);
}

TEST_F(WatchedFilesTest, CountsEmptyFiles) {
  WatchedFiles files = Watch();
  for (int i = 0; i < 100; ++i) {
    Write(own_, absl::StrCat("empty", i).c_str(), 0);
  }
  EXPECT_EQ(files.AtMost(), 103 * kName);
  EXPECT_EQ(Grown(std::move(files)), 100 * kName);
}

TEST_F(WatchedFilesTest, CountsAllIfItIsTooDeep) {
  WatchedFiles files = Watch();
  Write(others_, "file", 5);
  UniqueFd deepest(dup(own_.get()));
  for (int i = 0; i < 1001; ++i) {
    mkdirat(deepest.get(), "a", 0755);
    deepest = UniqueFd(
        openat(deepest.get(), "a", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(deepest.ok());
  }
  EXPECT_EQ(Grown(std::move(files)), 5 * kMebibyte + 1005 * kName);
}

TEST_F(WatchedFilesTest, CountsAllIfAWalkTakesTooLong) {
  WatchedFiles files(UniqueFd(dup(own_.get())), {device_},
                     /*longest_walk=*/absl::ZeroDuration());
  Write(others_, "file", 5);
  mkdirat(own_.get(), "directory", 0755);
  EXPECT_EQ(Grown(std::move(files)), 5 * kMebibyte + 5 * kName);
}

TEST_F(WatchedFilesTest, CountsAllIfAWalkOfOneDirectoryTakesTooLong) {
  WatchedFiles files(UniqueFd(dup(own_.get())), {device_},
                     /*longest_walk=*/absl::ZeroDuration());
  Write(others_, "file", 5);
  for (int i = 0; i < 1024; ++i) {
    Write(own_, absl::StrCat("empty", i).c_str(), 0);
  }
  EXPECT_EQ(Grown(std::move(files)), 5 * kMebibyte + 1028 * kName);
}

}  // namespace
}  // namespace rules_dockerfile
