#include "lib/sandbox/root/placed_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

class PlacedFilesTest : public testing::Test {
 protected:
  PlacedFilesTest() {
    const std::string name =
        testing::UnitTest::GetInstance()->current_test_info()->name();
    root_ = absl::StrCat(testing::TempDir(), "/", name, "/root");
    aside_ = absl::StrCat(testing::TempDir(), "/", name, "/aside");
    std::filesystem::create_directories(absl::StrCat(root_, "/etc"));
    std::filesystem::create_directories(aside_);
    Write("etc/hosts", "old");
    SetOldTime("etc");
  }

  static UniqueFd Open(const std::string& path) {
    return UniqueFd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  PlacedFiles Placed() const { return {Open(root_), Open(aside_)}; }
  // Where the room is, in the root.
  std::string Where(const absl::StatusOr<PlacedFiles::Room>& room) const {
    if (!room.ok()) return std::string(room.status().message());
    const std::string directory =
        std::filesystem::read_symlink(
            absl::StrCat("/proc/self/fd/", room->directory_fd))
            .string();
    return absl::StrCat(
        directory.substr(std::filesystem::canonical(root_).string().size()),
        "/", room->name);
  }

  std::string Path(const std::string& path) const {
    return absl::StrCat(root_, "/", path);
  }
  void Write(const std::string& path, const std::string& text) const {
    EXPECT_THAT(WriteFile(Path(path), text), IsOk());
  }
  void SetOldTime(const std::string& path) const {
    const timespec times[2] = {{1000, 0}, {1000, 5}};
    EXPECT_EQ(utimensat(AT_FDCWD, Path(path).c_str(), times, 0), 0);
  }
  bool HasOldTime(const std::string& path) const {
    struct stat info;
    EXPECT_EQ(stat(Path(path).c_str(), &info), 0);
    return info.st_mtim.tv_sec == 1000 && info.st_mtim.tv_nsec == 5;
  }

  std::string root_;
  std::string aside_;
};

TEST_F(PlacedFilesTest, ReplaceExistingFilesUntilTheyAreRemoved) {
  PlacedFiles placed = Placed();
  EXPECT_EQ(Where(placed.MakeRoom("/etc/hosts")), "/etc/hosts");
  Write("etc/hosts", "new");
  EXPECT_THAT(placed.RestoreTimes(), IsOk());
  EXPECT_TRUE(HasOldTime("etc"));
  EXPECT_THAT(placed.Remove(), IsOk());
  EXPECT_EQ(ReadFile(Path("etc/hosts")).value(), "old");
  EXPECT_TRUE(HasOldTime("etc"));
  EXPECT_TRUE(std::filesystem::is_empty(aside_));
}

TEST_F(PlacedFilesTest, LeaveNoDirectoryThatTheyNeeded) {
  PlacedFiles placed = Placed();
  EXPECT_EQ(Where(placed.MakeRoom("/run/secrets/a")), "/run/secrets/a");
  Write("run/secrets/a", "x");
  EXPECT_THAT(placed.MakeRoom("/run/secrets/b"), IsOk());
  EXPECT_THAT(placed.Remove(), IsOk());
  EXPECT_FALSE(std::filesystem::exists(Path("run")));
}

TEST_F(PlacedFilesTest, KeepTheDirectoryInWhichTheCommandLeftSomething) {
  PlacedFiles placed = Placed();
  EXPECT_THAT(placed.MakeRoom("/run/secrets/a"), IsOk());
  Write("run/secrets/other", "x");
  EXPECT_THAT(placed.Remove(), IsOk());
  EXPECT_EQ(ReadFile(Path("run/secrets/other")).value(), "x");
}

TEST_F(PlacedFilesTest, AreRemovedCompletely) {
  PlacedFiles placed = Placed();
  EXPECT_THAT(placed.MakeRoom("/dev"), IsOk());
  std::filesystem::create_directories(Path("dev/shm/x"));
  Write("dev/shm/x/y", "z");
  EXPECT_THAT(placed.Remove(), IsOk());
  EXPECT_FALSE(std::filesystem::exists(Path("dev")));
}

TEST_F(PlacedFilesTest, FollowNoLinkOutOfTheRoot) {
  std::filesystem::create_symlink("/", Path("absolute"));
  std::filesystem::create_symlink("../../../../..", Path("etc/relative"));
  PlacedFiles placed = Placed();
  EXPECT_EQ(Where(placed.MakeRoom("/absolute/x")), "/x");
  EXPECT_EQ(Where(placed.MakeRoom("/etc/relative/y")), "/y");
}

// RUN rm -rf /etc; ln -s /outside /etc
TEST_F(PlacedFilesTest, AreNotLookedForThroughALinkThatTheCommandLeft) {
  const std::string outside = absl::StrCat(root_, ".outside");
  std::filesystem::create_directories(outside);
  ASSERT_THAT(WriteFile(absl::StrCat(outside, "/hosts"), "the host's"), IsOk());
  PlacedFiles placed = Placed();
  EXPECT_EQ(Where(placed.MakeRoom("/etc/hosts")), "/etc/hosts");
  Write("etc/hosts", "new");
  std::filesystem::remove_all(Path("etc"));
  std::filesystem::create_symlink(outside, Path("etc"));
  EXPECT_THAT(placed.Remove(), IsOk());
  EXPECT_EQ(ReadFile(absl::StrCat(outside, "/hosts")).value(), "the host's");
  EXPECT_EQ(std::filesystem::read_symlink(Path("etc")), outside);
}

TEST_F(PlacedFilesTest, LeaveADirectoryOutsideThatALinkLeadsTo) {
  const std::string outside = absl::StrCat(root_, ".outside");
  std::filesystem::create_directories(absl::StrCat(outside, "/d"));
  PlacedFiles placed = Placed();
  EXPECT_EQ(Where(placed.MakeRoom("/a/d")), "/a/d");
  std::filesystem::create_directory(Path("a/d"));
  std::filesystem::remove_all(Path("a"));
  std::filesystem::create_symlink(outside, Path("a"));
  EXPECT_THAT(placed.Remove(), IsOk());
  EXPECT_TRUE(std::filesystem::is_directory(absl::StrCat(outside, "/d")));
  EXPECT_TRUE(std::filesystem::is_symlink(Path("a")));
}

TEST_F(PlacedFilesTest, AreTakenOutOfADirectoryThatTheCommandMoved) {
  PlacedFiles placed = Placed();
  EXPECT_EQ(Where(placed.MakeRoom("/etc/hosts")), "/etc/hosts");
  Write("etc/hosts", "new");
  std::filesystem::rename(Path("etc"), Path("moved"));
  EXPECT_THAT(placed.Remove(), IsOk());
  EXPECT_EQ(ReadFile(Path("moved/hosts")).value(), "old");
}

TEST_F(PlacedFilesTest, RefuseTheRoot) {
  PlacedFiles placed = Placed();
  EXPECT_THAT(placed.MakeRoom("/etc/.."),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "cannot mount on the root directory"));
}

}  // namespace
}  // namespace rules_dockerfile
