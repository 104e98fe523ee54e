#include "lib/run/scratch.h"

#include <sys/stat.h>

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {
namespace {

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

TEST(FitsInMemory, RequiresFourTimesTheSize) {
  const ScratchFacts facts = {.available_memory = 8 * kMebibyte,
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

}  // namespace
}  // namespace rules_dockerfile
