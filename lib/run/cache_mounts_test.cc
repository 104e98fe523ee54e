#include "lib/run/cache_mounts.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/process/child_process.h"
#include "lib/rootfs/extract.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/root/host_files.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

absl::StatusOr<SpecialOwners> FillWithADirectory(const DirectoryToFill& into) {
  mkdirat(into.fd, "seed", 0755);
  return SpecialOwners();
}

class CacheMountTest : public testing::Test {
 protected:
  CacheMountTest() {
    std::string name = absl::StrCat(testing::TempDir(), "/caches.XXXXXX");
    store_ = {.directory = mkdtemp(name.data()),
              .owners = OwnerStore::kRecorded};
  }

  absl::StatusOr<BindMount> Open(const Mount& mount,
                                 const std::string& target = "/c") {
    return OpenCacheMount(store_, mount, target, FillWithADirectory);
  }
  std::string Directory(const Mount& mount, const std::string& target = "/c") {
    const absl::StatusOr<BindMount> opened = Open(mount, target);
    return opened.ok() ? opened->source
                       : std::string(opened.status().message());
  }

  // The directory that holds the mount's.
  std::string Entry() {
    return std::string(absl::StripSuffix(Directory({}), "/root"));
  }
  static std::string NotOurs(absl::string_view entry, absl::string_view what) {
    return absl::StrCat(
        "the cache mount's directory \"", entry, "\": ", what,
        "\nhint: remove it, or keep cache mounts in a directory that no other "
        "user can write to");
  }

  CacheMountStore store_;
};

TEST_F(CacheMountTest, IsFilledOnce) {
  const std::string directory = Directory({});
  ASSERT_EQ(rmdir(absl::StrCat(directory, "/seed").c_str()), 0);
  EXPECT_EQ(Directory({}), directory);
  EXPECT_NE(access(absl::StrCat(directory, "/seed").c_str(), F_OK), 0);
}

TEST_F(CacheMountTest, IsNamedByItsIdElseItsTarget) {
  EXPECT_EQ(Directory({.id = "x"}, "/a"), Directory({.id = "x"}, "/b"));
  EXPECT_EQ(Directory({.id = "/b"}, "/a"), Directory({}, "/b"));
  EXPECT_NE(Directory({}, "/a"), Directory({}, "/b"));
}

TEST_F(CacheMountTest, IsAnotherWithAnotherOwnerOrSource) {
  for (const Mount& mount :
       {Mount{.uid = 0}, Mount{.gid = 1}, Mount{.mode = 0700},
        Mount{.from = "s"}, Mount{.source = "s"}}) {
    EXPECT_NE(Directory(mount), Directory({}));
  }
}

TEST_F(CacheMountTest, IsSharedUnlessItSaysOtherwise) {
  const absl::StatusOr<BindMount> first = Open({});
  ASSERT_THAT(first.status(), IsOk());
  EXPECT_EQ(Directory({.sharing = "shared"}), first->source);
}

TEST_F(CacheMountTest, PrivateTakesOneThatNoOtherHas) {
  absl::StatusOr<BindMount> first = Open({.sharing = "private"});
  ASSERT_THAT(first.status(), IsOk());
  const std::string directory = first->source;
  EXPECT_EQ(Directory({.sharing = "private"}),
            absl::StrCat(absl::StripSuffix(directory, "/root"), ".1/root"));
  first->held.reset();
  EXPECT_EQ(Directory({.sharing = "private"}), directory);
}

TEST_F(CacheMountTest, LockedWaitsUntilNoOtherHasIt) {
  absl::StatusOr<BindMount> first = Open({.sharing = "locked"});
  ASSERT_THAT(first.status(), IsOk());
  absl::StatusOr<Pipe> pipe = MakePipe();
  ASSERT_THAT(pipe.status(), IsOk());
  const pid_t child = fork();
  if (child == 0) {
    first->held.reset();  // the parent's lock is this process' too
    const std::string directory = Directory({.sharing = "locked"});
    _exit(write(pipe->write.get(), directory.data(), directory.size()) > 0 ? 0
                                                                           : 1);
  }
  pipe->write.Close();
  pollfd ready = {.fd = pipe->read.get(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&ready, 1, 200), 0);
  first->held.reset();
  EXPECT_EQ(ReadAll(pipe->read.get()), first->source);
  EXPECT_EQ(WaitForChild(child), 0);
}

TEST_F(CacheMountTest, ReportsThatItsDirectoryCannotBeWritten) {
  store_.directory = "/proc/none";
  EXPECT_THAT(Open({}), StatusIs(absl::StatusCode::kFailedPrecondition,
                                 "cannot write to the cache mounts' directory "
                                 "\"/proc/none\": No such file or directory"));
}

TEST_F(CacheMountTest, LeavesNoPartWhenItCannotBeFilled) {
  EXPECT_THAT(
      OpenCacheMount(
          store_, {}, "/c",
          [](const DirectoryToFill& into) -> absl::StatusOr<SpecialOwners> {
            mkdirat(into.fd, "part", 0);
            return absl::DataLossError("no");
          }),
      StatusIs(absl::StatusCode::kDataLoss, "no"));
  EXPECT_EQ(access(absl::StrCat(Directory({}), "/part").c_str(), F_OK), -1);
}

TEST_F(CacheMountTest, IsBelowADirectoryOfThisUserAlone) {
  const std::string directory = Directory({});
  struct stat info;
  ASSERT_EQ(stat(Entry().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  EXPECT_EQ(info.st_uid, geteuid());
  EXPECT_EQ(directory, absl::StrCat(Entry(), "/root"));
  EXPECT_EQ(access(absl::StrCat(directory, "/seed").c_str(), F_OK), 0);
}

TEST_F(CacheMountTest, RefusesADirectoryThatOthersCanSearch) {
  const std::string entry = Entry();
  ASSERT_EQ(chmod(entry.c_str(), 0711), 0);
  EXPECT_THAT(Open({}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       NotOurs(entry, "expected mode 0700, got 0711")));
}

TEST_F(CacheMountTest, RefusesALinkThatWasThereFirst) {
  const std::string entry = Entry();
  const std::string outside = absl::StrCat(store_.directory, "/outside");
  std::filesystem::rename(entry, outside);
  std::filesystem::create_directory_symlink(outside, entry);
  EXPECT_THAT(
      Open({}),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               NotOurs(entry, "expected a directory, got a symbolic link")));
}

TEST_F(CacheMountTest, MountsTheDirectoryThatItOpenedOnly) {
  const absl::StatusOr<BindMount> mount = Open({});
  ASSERT_THAT(mount.status(), IsOk());
  EXPECT_THAT(OpenHostFiles({.mounts = {*mount}}).status(), IsOk());
  const std::string entry = Entry();
  std::filesystem::rename(entry, absl::StrCat(store_.directory, "/moved"));
  const std::string outside = absl::StrCat(store_.directory, "/outside");
  std::filesystem::create_directories(absl::StrCat(outside, "/root"));
  std::filesystem::create_directory_symlink(outside, entry);
  EXPECT_THAT(OpenHostFiles({.mounts = {*mount}}).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       absl::StrCat("\"", mount->source, "\" was replaced")));
}

TEST_F(CacheMountTest, RefusesADirectoryOfAnotherUser) {
  const std::string entry = Entry();
  if (chown(entry.c_str(), 1, -1) != 0) {
    GTEST_SKIP() << "skipped: not root with all ids";
  }
  EXPECT_THAT(Open({}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       NotOurs(entry, "expected user 0 as its owner, got 1")));
}

TEST_F(CacheMountTest, IsOneForAllThatMakeItAtTheSameTime) {
  Pipe output = MakePipe().value();
  for (int i = 0; i < 8; ++i) {
    if (fork() != 0) continue;
    const std::string line = absl::StrCat(Directory({}), "\n");
    _exit(write(output.write.get(), line.data(), line.size()) > 0 ? 0 : 1);
  }
  output.write.Close();
  const std::string printed = ReadAll(output.read.get());
  std::string expected;
  for (int i = 0; i < 8; ++i) absl::StrAppend(&expected, Directory({}), "\n");
  EXPECT_EQ(printed, expected);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(store_.directory),
                          std::filesystem::directory_iterator()),
            1);
}

}  // namespace
}  // namespace rules_dockerfile
