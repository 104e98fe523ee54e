#include "lib/rootfs/rooted_path.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

struct ResolveCase {
  const char* name;
  const char* path;
  const char* resolved;
};

void PrintTo(const ResolveCase& test, std::ostream* out) { *out << test.name; }

class RootedPathTest : public testing::TestWithParam<ResolveCase> {
 protected:
  void SetUp() override {
    std::string pattern = absl::StrCat(testing::TempDir(), "/rootXXXXXX");
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    path_ = pattern;
    root_ = UniqueFd(open(pattern.c_str(), O_RDONLY | O_DIRECTORY));
    mkdirat(root_.get(), "usr", 0755);
    mkdirat(root_.get(), "usr/bin", 0755);
    symlinkat("usr/bin", root_.get(), "bin");
    symlinkat("/usr", root_.get(), "absolute");
    symlinkat("../../../../usr", root_.get(), "climbing");
    symlinkat("missing/part", root_.get(), "dangling");
    symlinkat("loop", root_.get(), "loop");
  }

  std::string path_;
  UniqueFd root_;
};

TEST_P(RootedPathTest, LeadsTo) {
  EXPECT_EQ(FindInRoot(root_.get(), GetParam().path)->path,
            GetParam().resolved);
}

INSTANTIATE_TEST_SUITE_P(Paths, RootedPathTest,
                         testing::ValuesIn(std::vector<ResolveCase>{
                             {"Root", "/", ""},
                             {"Plain", "/usr/bin", "usr/bin"},
                             {"UncleanMissing", "//usr/./lib//x/", "usr/lib/x"},
                             {"RelativeLink", "/bin/sh", "usr/bin/sh"},
                             {"AbsoluteLink", "/absolute/bin", "usr/bin"},
                             {"LinkThatClimbs", "/climbing/bin", "usr/bin"},
                             {"ParentOfTheRoot", "/../../usr", "usr"},
                             {"ParentOfALink", "/bin/../lib", "usr/lib"},
                             {"DanglingLink", "/dangling/x", "missing/part/x"},
                             {"ParentOfAMissing", "/missing/../usr", "usr"},
                         }),
                         [](const auto& info) { return info.param.name; });

using RootedPath = RootedPathTest;

TEST_F(RootedPath, TooManyLinksAreAnError) {
  EXPECT_THAT(FindInRoot(root_.get(), "/loop"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "too many levels of symbolic links: \"/loop\""));
}

TEST_F(RootedPath, OpensExistingFiles) {
  struct stat named;
  struct stat found;
  ASSERT_EQ(fstatat(root_.get(), "usr/bin", &named, 0), 0);
  const absl::StatusOr<RootedPlace> place = FindInRoot(root_.get(), "/bin");
  ASSERT_EQ(fstat(place->file.get(), &found), 0);
  EXPECT_EQ(found.st_ino, named.st_ino);
  EXPECT_EQ(place->name, "bin");
  EXPECT_EQ(fstatat(place->directory.get(), "bin", &found, AT_SYMLINK_NOFOLLOW),
            0);
  EXPECT_EQ(found.st_ino, named.st_ino);
  EXPECT_FALSE(FindInRoot(root_.get(), "/usr/no")->file.ok());
  EXPECT_FALSE(FindInRoot(root_.get(), "/usr/no/x")->directory.ok());
  EXPECT_TRUE(FindInRoot(root_.get(), "/")->file.ok());
}

// The paths of what was made, or the error.
std::string Made(const absl::StatusOr<MadePlace>& made) {
  if (!made.ok()) return std::string(made.status().message());
  std::string text = absl::StrCat(made->place.path, ":");
  for (const RootedPlace& part : made->made) {
    EXPECT_TRUE(part.file.ok());
    absl::StrAppend(&text, " ", part.path);
  }
  return text;
}

TEST_F(RootedPath, CreatesWhatIsMissing) {
  const int root = root_.get();
  EXPECT_EQ(Made(MakeInRoot(root, "usr/a/b", RootedKind::kDirectory)),
            "usr/a/b: usr/a usr/a/b");
  EXPECT_EQ(Made(MakeInRoot(root, "/absolute/a/file", RootedKind::kFile)),
            "usr/a/file: usr/a/file");
  EXPECT_EQ(Made(MakeInRoot(root, "usr/a/file", RootedKind::kFile)),
            "usr/a/file:");
  EXPECT_EQ(Made(MakeInRoot(root, "/dangling/x", RootedKind::kFile)),
            "missing/part/x: missing missing/part missing/part/x");
  EXPECT_EQ(Made(MakeInRoot(root, "/", RootedKind::kDirectory)), ":");
}

TEST_F(RootedPath, CreatesTheDirectoriesAboveOnly) {
  const absl::StatusOr<MadePlace> made =
      MakeParentInRoot(root_.get(), "/bin/a/b");
  EXPECT_EQ(Made(made), "usr/bin/a/b: usr/bin/a");
  EXPECT_FALSE(made->place.file.ok());
  EXPECT_EQ(mkdirat(made->place.directory.get(), made->place.name.c_str(), 0),
            0);
  EXPECT_TRUE(std::filesystem::is_directory(path_ + "/usr/bin/a/b"));
  EXPECT_FALSE(MakeParentInRoot(root_.get(), "/usr/..")->place.directory.ok());
}

TEST_F(RootedPath, NamesWhatCannotBeMade) {
  EXPECT_THAT(MakeInRoot(root_.get(), "usr/f", RootedKind::kFile), IsOk());
  EXPECT_THAT(
      MakeInRoot(root_.get(), "usr/f/d/e", RootedKind::kDirectory),
      StatusIs(testing::_, "cannot create \"/usr/f/d\": Not a directory"));
}

TEST_F(RootedPath, OpensBelowWithoutLinks) {
  EXPECT_TRUE(OpenBelow(root_.get(), "usr/bin", O_RDONLY).ok());
  EXPECT_TRUE(OpenBelow(root_.get(), "", O_RDONLY | O_DIRECTORY).ok());
  EXPECT_FALSE(OpenBelow(root_.get(), "absolute/bin", O_RDONLY).ok());
  EXPECT_EQ(errno, ELOOP);
  EXPECT_FALSE(OpenBelow(root_.get(), "bin", O_RDONLY).ok());
  EXPECT_EQ(errno, ELOOP);
}

// /proc/self/fd/N of a directory outside, which the kernel would enter.
TEST_F(RootedPath, FollowsNoMagicLink) {
  const UniqueFd outside(open("/", O_RDONLY | O_DIRECTORY));
  const UniqueFd proc(open("/proc", O_RDONLY | O_DIRECTORY));
  const std::string link = absl::StrCat("/self/fd/", outside.get());
  EXPECT_FALSE(OpenInRoot(proc.get(), link, O_PATH).ok());
  EXPECT_EQ(errno, ELOOP);
  EXPECT_THAT(FindInRoot(proc.get(), link),
              StatusIs(testing::_,
                       absl::StrCat("cannot follow \"/", getpid(), "/fd/",
                                    outside.get(),
                                    "\": Too many levels of symbolic links")));
  EXPECT_TRUE(OpenInRoot(proc.get(), "/self/status", O_PATH).ok());
  EXPECT_TRUE(FindInRoot(proc.get(), "/self/status")->file.ok());
}

TEST_F(RootedPath, OpensInTheRoot) {
  EXPECT_TRUE(OpenInRoot(root_.get(), "/climbing/bin", O_PATH).ok());
  EXPECT_FALSE(OpenInRoot(root_.get(), "/../etc/passwd", O_PATH).ok());
  EXPECT_EQ(errno, ENOENT);
}

// What a RUN does that shares a kept cache mount: `sub` is by turns a directory
// and a link to one outside.
class Swapper {
 public:
  Swapper(int root_fd, const std::string& outside) : root_fd_(root_fd) {
    mkdirat(root_fd_, "sub", 0755);
    symlinkat(outside.c_str(), root_fd_, "link");
    thread_ = std::thread([this] {
      while (!done_) {
        syscall(SYS_renameat2, root_fd_, "sub", root_fd_, "link",
                2 /* RENAME_EXCHANGE */);
        ++swaps_;
      }
    });
    while (swaps_ < 2) std::this_thread::yield();
  }
  ~Swapper() {
    done_ = true;
    thread_.join();
  }

 private:
  int root_fd_;
  std::atomic<bool> done_ = false;
  std::atomic<int> swaps_ = 0;
  std::thread thread_;
};

TEST_F(RootedPath, CreatesNothingOutsideWhileLinksAreSwappedIn) {
  constexpr int kRounds = 5000;
  const std::string outside = absl::StrCat(path_, ".outside");
  ASSERT_TRUE(std::filesystem::create_directory(outside));
  {
    const Swapper swapper(root_.get(), outside);
    for (int i = 0; i < kRounds; ++i) {
      // It may fail, as the link leads nowhere in the root.
      MakeInRoot(root_.get(), absl::StrCat("/sub/d", i, "/x"),
                 RootedKind::kDirectory)
          .status()
          .IgnoreError();
    }
  }
  EXPECT_TRUE(std::filesystem::is_empty(outside));
}

}  // namespace
}  // namespace rules_dockerfile
