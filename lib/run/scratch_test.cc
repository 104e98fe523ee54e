#include "lib/run/scratch.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/namespaces/owner_task.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

constexpr int64_t kMebibyte = 1024 * 1024;

FileTree TreeOf(int64_t size) {
  FileTree tree;
  tree.Put("f", {.type = LayerEntryType::kFile, .size = size}).IgnoreError();
  return tree;
}

bool Exists(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

TEST(ParseAvailableMemory, ReadsMeminfo) {
  EXPECT_EQ(ParseAvailableMemory("MemTotal:       24684464 kB\n"
                                 "MemFree:         1000000 kB\n"
                                 "MemAvailable:    2048000 kB\n"),
            2048000LL * 1024);
  EXPECT_EQ(ParseAvailableMemory(""), 0);
  EXPECT_EQ(ParseAvailableMemory("MemAvailable: many kB\n"), 0);
}

TEST(KernelIsAtLeast, ComparesNumbers) {
  EXPECT_TRUE(KernelIsAtLeast("6.12.9-amd64", 6, 6));
  EXPECT_TRUE(KernelIsAtLeast("6.6-rc1", 6, 6));
  EXPECT_TRUE(KernelIsAtLeast("7.0.1", 6, 6));
  EXPECT_FALSE(KernelIsAtLeast("6.5.0", 6, 6));
  EXPECT_FALSE(KernelIsAtLeast("5.15.0-100-generic", 6, 6));
  EXPECT_FALSE(KernelIsAtLeast("", 6, 6));
}

TEST(FitsInMemory, RequiresThreeTimesTheSize) {
  const ScratchFacts facts = {.available_memory = 6 * kMebibyte,
                              .tmpfs_xattrs = true};
  EXPECT_TRUE(FitsInMemory(TreeOf(kMebibyte), facts));
  EXPECT_FALSE(FitsInMemory(TreeOf(2 * kMebibyte), facts));
}

TEST(FitsInMemory, NeedsExtendedAttributes) {
  EXPECT_FALSE(FitsInMemory(
      TreeOf(1), {.available_memory = 8 * kMebibyte, .tmpfs_xattrs = false}));
}

TEST(ScratchDirectory, IsOnDiskWhileMemoryIsShort) {
  const std::string path = absl::StrCat(testing::TempDir(), "/scratch");
  {
    const absl::StatusOr<ScratchDirectory> scratch =
        ScratchDirectory::Create(path, TreeOf(kMebibyte), {});
    ASSERT_TRUE(scratch.ok()) << scratch.status();
    EXPECT_TRUE(Exists(scratch->path()));
    EXPECT_EQ(scratch->path()[0], '/');
  }
  EXPECT_FALSE(Exists(path));
}

TEST(ScratchDirectory, IsNoneWhenMemoryServes) {
  const std::string path = absl::StrCat(testing::TempDir(), "/scratch");
  const absl::StatusOr<ScratchDirectory> scratch = ScratchDirectory::Create(
      path, TreeOf(1), {.available_memory = kMebibyte, .tmpfs_xattrs = true});
  ASSERT_TRUE(scratch.ok()) << scratch.status();
  EXPECT_EQ(scratch->path(), "");
  EXPECT_FALSE(Exists(path));
}

class LeftoverTest : public testing::Test {
 protected:
  LeftoverTest() {
    std::string name = absl::StrCat(testing::TempDir(), "/leftover.XXXXXX");
    directory_ = mkdtemp(name.data());
    path_ = absl::StrCat(directory_, "/layer.tar.root");
    outside_ = absl::StrCat(directory_, "/outside");
    std::filesystem::create_directory(outside_);
    WriteFile(absl::StrCat(outside_, "/keep"), "mine").IgnoreError();
  }

  absl::StatusOr<ScratchDirectory> Create() const {
    return ScratchDirectory::Create(path_, TreeOf(kMebibyte), {});
  }

  // Without root's capabilities as to files of others.
  absl::StatusOr<ScratchDirectory> CreateWithAUsersRights() const {
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct all[2] = {};
    EXPECT_EQ(syscall(SYS_capget, &header, all), 0);
    __user_cap_data_struct fewer[2] = {all[0], all[1]};
    for (const int capability :
         {CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER}) {
      fewer[0].effective &= ~(uint32_t{1} << capability);
    }
    EXPECT_EQ(syscall(SYS_capset, &header, fewer), 0);
    absl::StatusOr<ScratchDirectory> scratch = Create();
    EXPECT_EQ(syscall(SYS_capset, &header, all), 0);
    return scratch;
  }

  std::string directory_;
  std::string path_;
  std::string outside_;
};

TEST_F(LeftoverTest, OfAKilledRunIsRemoved) {
  std::filesystem::create_directories(absl::StrCat(path_, "/kept/closed/in"));
  std::filesystem::create_directory_symlink(outside_,
                                            absl::StrCat(path_, "/kept/link"));
  ASSERT_THAT(WriteFile(absl::StrCat(path_, "/kept/closed/f"), ""), IsOk());
  for (const char* name :
       {"/kept/closed/f", "/kept/closed/in", "/kept/closed", "/kept"}) {
    ASSERT_EQ(chmod(absl::StrCat(path_, name).c_str(), 0), 0);
  }
  const absl::StatusOr<ScratchDirectory> scratch = CreateWithAUsersRights();
  ASSERT_THAT(scratch.status(), IsOk());
  EXPECT_TRUE(std::filesystem::is_empty(path_));
  EXPECT_EQ(ReadFile(absl::StrCat(outside_, "/keep")).value_or("gone"), "mine");
}

TEST_F(LeftoverTest, OfMappedIdsIsRemoved) {
  ASSERT_EQ(mkdir(path_.c_str(), 0700), 0);
  const UniqueFd root(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const absl::StatusOr<std::string> made =
      RunAsOwner(OwnerStore::kMapped, [&]() -> absl::StatusOr<std::string> {
        mkdirat(root.get(), "of5", 0700);
        mkdirat(root.get(), "of5/in", 0);
        fchownat(root.get(), "of5", 5, 5, 0);
        return "";
      });
  if (!made.ok()) GTEST_SKIP() << "skipped: " << made.status().message();
  struct stat info;
  ASSERT_EQ(stat(absl::StrCat(path_, "/of5").c_str(), &info), 0);
  ASSERT_NE(info.st_uid, geteuid());
  const absl::StatusOr<ScratchDirectory> scratch = CreateWithAUsersRights();
  ASSERT_THAT(scratch.status(), IsOk());
  EXPECT_TRUE(std::filesystem::is_empty(path_));
}

TEST_F(LeftoverTest, IsNotFollowedIfItIsALink) {
  std::filesystem::create_directory_symlink(outside_, path_);
  const absl::StatusOr<ScratchDirectory> scratch = Create();
  ASSERT_THAT(scratch.status(), IsOk());
  EXPECT_FALSE(std::filesystem::is_symlink(path_));
  EXPECT_TRUE(std::filesystem::is_empty(path_));
  EXPECT_EQ(ReadFile(absl::StrCat(outside_, "/keep")).value_or("gone"), "mine");
}

TEST_F(LeftoverTest, IsReportedIfItCannotBeRemoved) {
  ASSERT_EQ(mkdir(path_.c_str(), 0700), 0);
  ASSERT_EQ(chmod(directory_.c_str(), 0500), 0);
  const absl::Status status = CreateWithAUsersRights().status();
  EXPECT_THAT(
      status,
      StatusIs(absl::StatusCode::kPermissionDenied,
               absl::StrCat("cannot remove \"", path_,
                            "\", which an interrupted RUN left: Permission "
                            "denied\nhint: remove it as root")));
  ASSERT_EQ(chmod(directory_.c_str(), 0700), 0);
}

}  // namespace
}  // namespace rules_dockerfile
