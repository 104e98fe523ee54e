#include "lib/run/cache_mounts.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/process/child_process.h"
#include "lib/rootfs/extract.h"
#include "lib/rootfs/recorded_owner.h"
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
  EXPECT_EQ(Directory({.sharing = "private"}), absl::StrCat(directory, ".1"));
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

}  // namespace
}  // namespace rules_dockerfile
