#include "lib/sandbox/namespaces/memory_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/sandbox_choice.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

// The names in the root directory of this process.
absl::StatusOr<std::string> List() {
  std::string names;
  DIR* root = opendir("/");
  while (const dirent* entry = readdir(root)) {
    if (entry->d_name[0] != '.') names.append(entry->d_name).append(" ");
  }
  closedir(root);
  return names;
}

absl::StatusOr<std::string> Write() {
  const UniqueFd fd(open("/file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  return fd.ok() && write(fd.get(), "text", 4) == 4 ? "written" : "failed";
}

absl::StatusOr<std::string> Root() { return "/"; }

class MemoryDirectoryTest : public testing::TestWithParam<OwnerStore> {
 protected:
  void SetUp() override {
    const SandboxMode mode =
        GetParam() == OwnerStore::kReal     ? SandboxMode::kReal
        : GetParam() == OwnerStore::kMapped ? SandboxMode::kMapped
                                            : SandboxMode::kEmulated;
    if (!CanHaveSandbox(mode)) GTEST_SKIP() << "skipped: no such ids";
  }
};

TEST_P(MemoryDirectoryTest, KeepsFilesWhereNoPathLeads) {
  const absl::StatusOr<MemoryDirectory> directory =
      MemoryDirectory::Create(GetParam(), 0);
  ASSERT_THAT(directory, IsOk());
  EXPECT_THAT(directory->Run(List), IsOkAndHolds(""));
  EXPECT_THAT(directory->Run(Write), IsOkAndHolds("written"));
  EXPECT_THAT(directory->Run(List), IsOkAndHolds("file "));
  EXPECT_NE(access("/file", F_OK), 0);
}

TEST_P(MemoryDirectoryTest, OpensReadOnly) {
  const absl::StatusOr<MemoryDirectory> directory =
      MemoryDirectory::Create(GetParam(), 0);
  ASSERT_THAT(directory, IsOk());
  ASSERT_THAT(directory->Run(Write), IsOkAndHolds("written"));
  const absl::StatusOr<UniqueFd> mount = directory->OpenReadOnly(Root);
  ASSERT_THAT(mount, IsOk());
  struct stat info;
  ASSERT_EQ(fstatat(mount->get(), "file", &info, 0), 0);
  EXPECT_EQ(info.st_size, 4);
  EXPECT_EQ(openat(mount->get(), "file", O_WRONLY | O_CLOEXEC), -1);
  EXPECT_EQ(errno, EROFS);
  EXPECT_EQ(unlinkat(mount->get(), "file", 0), -1);
  EXPECT_EQ(errno, EROFS);
}

TEST_P(MemoryDirectoryTest, OpensOneDirectoryToWrite) {
  const absl::StatusOr<MemoryDirectory> directory =
      MemoryDirectory::Create(GetParam(), 0);
  ASSERT_THAT(directory, IsOk());
  ASSERT_THAT(directory->Run(Write), IsOkAndHolds("written"));
  const auto make = []() -> absl::StatusOr<std::string> {
    mkdir("/own", 0777);
    return "/own";
  };
  const absl::StatusOr<MemoryDirectory::Writable> opened =
      directory->OpenWritable(make);
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(opened->path, "/own");
  // Nothing above it is in reach, from the mount nor from what is open in it.
  for (const int fd : {opened->mount.get(), opened->lock.get()}) {
    EXPECT_EQ(faccessat(fd, "../file", F_OK, 0), -1);
    EXPECT_EQ(faccessat(fd, "../own", F_OK, 0), -1);
  }
  // Another process cannot lock it alone.
  EXPECT_THAT(directory->Run([]() -> absl::StatusOr<std::string> {
    const UniqueFd fd(open("/own", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return flock(fd.get(), LOCK_EX | LOCK_NB) == 0 ? "locked" : "in use";
  }),
              IsOkAndHolds("in use"));
}

TEST_P(MemoryDirectoryTest, HoldsNoMoreThanItsSize) {
  const absl::StatusOr<MemoryDirectory> directory =
      MemoryDirectory::Create(GetParam(), 1 << 20);
  ASSERT_THAT(directory, IsOk());
  EXPECT_THAT(directory->Run([]() -> absl::StatusOr<std::string> {
    const UniqueFd fd(open("/file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    if (posix_fallocate(fd.get(), 0, 1 << 20) != 0) return "no room";
    return posix_fallocate(fd.get(), 0, 2 << 20) == ENOSPC ? "full" : "more";
  }),
              IsOkAndHolds("full"));
}

TEST_P(MemoryDirectoryTest, PassesErrorsOn) {
  const absl::StatusOr<MemoryDirectory> directory =
      MemoryDirectory::Create(GetParam(), 0);
  ASSERT_THAT(directory, IsOk());
  const auto fail = []() -> absl::StatusOr<std::string> {
    return absl::DataLossError("it fails");
  };
  EXPECT_THAT(directory->Run(fail),
              StatusIs(absl::StatusCode::kDataLoss, "it fails"));
  EXPECT_THAT(directory->OpenReadOnly(fail),
              StatusIs(absl::StatusCode::kDataLoss, "it fails"));
}

TEST_P(MemoryDirectoryTest, IsGoneWithTheLastDescriptor) {
  const UniqueFd events(inotify_init1(IN_CLOEXEC));
  {
    const absl::StatusOr<MemoryDirectory> directory =
        MemoryDirectory::Create(GetParam(), 0);
    ASSERT_THAT(directory, IsOk());
    const absl::StatusOr<UniqueFd> mount = directory->OpenReadOnly(Root);
    ASSERT_THAT(mount, IsOk());
    const std::string path = absl::StrCat("/proc/self/fd/", mount->get());
    ASSERT_GE(inotify_add_watch(events.get(), path.c_str(), IN_DELETE_SELF), 0);
  }
  pollfd watched = {.fd = events.get(), .events = POLLIN};
  ASSERT_EQ(poll(&watched, 1, 60'000), 1);
  inotify_event event = {};
  ASSERT_GT(read(events.get(), &event, sizeof event), 0);
  EXPECT_EQ(event.mask & IN_UNMOUNT, IN_UNMOUNT);
}

INSTANTIATE_TEST_SUITE_P(Owners, MemoryDirectoryTest,
                         testing::Values(OwnerStore::kReal, OwnerStore::kMapped,
                                         OwnerStore::kRecorded));

}  // namespace
}  // namespace rules_dockerfile
