#include "lib/run/store_scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/namespaces/memory_directory.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;

class StoreScratchTest : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<MemoryDirectory> memory =
        MemoryDirectory::Create(OwnerStore::kRecorded, 0);
    if (!memory.ok()) GTEST_SKIP() << "skipped: " << memory.status();
    memory_.emplace(*std::move(memory));
    ASSERT_THAT(memory_->Run([]() -> absl::StatusOr<std::string> {
      return mkdir(kStoreScratches, 0755) == 0 ? "made" : "failed";
    }),
                IsOkAndHolds("made"));
  }

  // The number of scratch directories.
  absl::StatusOr<std::string> Count() {
    return memory_->Run([]() -> absl::StatusOr<std::string> {
      int count = -2;
      DIR* directory = opendir(kStoreScratches);
      while (readdir(directory) != nullptr) ++count;
      closedir(directory);
      return std::to_string(count);
    });
  }

  static bool Write(const StoreScratch& scratch, const char* name) {
    return UniqueFd(openat(scratch.mount(), name,
                           O_WRONLY | O_CREAT | O_CLOEXEC, 0600))
        .ok();
  }

  std::optional<MemoryDirectory> memory_;
};

TEST_F(StoreScratchTest, IsRemovedAtTheEnd) {
  {
    const absl::StatusOr<StoreScratch> scratch = StoreScratch::Create(*memory_);
    ASSERT_THAT(scratch, IsOk());
    EXPECT_TRUE(Write(*scratch, "file"));
    EXPECT_EQ(mkdirat(scratch->mount(), "directory", 0), 0);
    EXPECT_THAT(Count(), IsOkAndHolds("1"));
  }
  EXPECT_THAT(Count(), IsOkAndHolds("0"));
}

TEST_F(StoreScratchTest, SeesNoOther) {
  const absl::StatusOr<StoreScratch> a = StoreScratch::Create(*memory_);
  const absl::StatusOr<StoreScratch> b = StoreScratch::Create(*memory_);
  ASSERT_THAT(a, IsOk());
  ASSERT_THAT(b, IsOk());
  EXPECT_THAT(Count(), IsOkAndHolds("2"));
  EXPECT_TRUE(Write(*a, "file"));
  EXPECT_EQ(faccessat(a->mount(), "file", F_OK, 0), 0);
  for (const char* path :
       {"file", "../file", "../0/file", "../runs/0/file", "../../layers"}) {
    EXPECT_EQ(faccessat(b->mount(), path, F_OK, 0), -1) << path;
  }
}

TEST_F(StoreScratchTest, RemovesWhatAKilledRunLeft) {
  const absl::StatusOr<StoreScratch> lasting = StoreScratch::Create(*memory_);
  ASSERT_THAT(lasting, IsOk());
  const pid_t child = fork();
  if (child == 0) {
    const absl::StatusOr<StoreScratch> scratch = StoreScratch::Create(*memory_);
    // Without destructors, as if it was killed.
    _exit(scratch.ok() && Write(*scratch, "file") ? 0 : 1);
  }
  EXPECT_EQ(WaitForChild(child), 0);
  EXPECT_THAT(Count(), IsOkAndHolds("2"));
  const absl::StatusOr<StoreScratch> next = StoreScratch::Create(*memory_);
  ASSERT_THAT(next, IsOk());
  EXPECT_FALSE(faccessat(next->mount(), "file", F_OK, 0) == 0);
  EXPECT_THAT(Count(), IsOkAndHolds("2"));
}

}  // namespace
}  // namespace rules_dockerfile
