#include "lib/run/snapshot_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

constexpr OwnerStore kOwners = OwnerStore::kRecorded;
constexpr int64_t kMuch = int64_t{1} << 30;

absl::Status FillWithAFile(int fd) {
  const UniqueFd file(openat(fd, "file", O_WRONLY | O_CREAT, 0600));
  if (write(file.get(), "text", 4) != 4) return absl::InternalError("write");
  // What only its owner, as root of a user namespace, can read back.
  mkdirat(fd, "closed", 0);
  return absl::OkStatus();
}

absl::Status MustNotFill(int /*fd*/) {
  return absl::DataLossError("filled again");
}

class SnapshotCacheTest : public testing::Test {
 protected:
  SnapshotCacheTest() {
    std::string name = absl::StrCat(testing::TempDir(), "/cache.XXXXXX");
    top_ = mkdtemp(name.data());
  }

  std::string directory() const { return absl::StrCat(top_, "/cache"); }
  SnapshotCache Cache(int64_t max_size = kMuch) const {
    return SnapshotCache(directory(), max_size);
  }
  // What the cache says when asked for "key".
  std::string Note(absl::Status (*fill)(int) = FillWithAFile) const {
    const absl::StatusOr<SnapshotAnswer> answer =
        Cache().Get("key", kOwners, fill);
    return answer.ok() ? answer->note : std::string(answer.status().message());
  }
  std::string Path(const char* path) const {
    return absl::StrCat(directory(), "/", path);
  }
  bool Exists(const char* path) const {
    return access(Path(path).c_str(), F_OK) == 0;
  }

 private:
  std::string top_;
};

TEST_F(SnapshotCacheTest, CreatesASnapshotOnceAndThenFindsIt) {
  const absl::StatusOr<SnapshotAnswer> made =
      Cache().Get("key", kOwners, FillWithAFile);
  ASSERT_THAT(made.status(), IsOk());
  EXPECT_EQ(made->note, "made");
  EXPECT_EQ(made->snapshot->directory(), Path("key/root"));
  EXPECT_EQ(ReadFile(Path("key/root/file")).value(), "text");
  EXPECT_EQ(Note(MustNotFill), "found");
}

// Waits until a change of the file shows: the clock of files has ticks of some
// milliseconds.
void WaitForItsNextTick(const std::string& file) {
  struct stat then;
  ASSERT_EQ(stat(file.c_str(), &then), 0);
  struct timespec now;
  do {
    ASSERT_EQ(clock_gettime(CLOCK_REALTIME_COARSE, &now), 0);
  } while (now.tv_sec == then.st_ctim.tv_sec &&
           now.tv_nsec == then.st_ctim.tv_nsec);
}

TEST_F(SnapshotCacheTest, DoesNotUseAChangedFile) {
  ASSERT_EQ(Note(), "made");
  WaitForItsNextTick(Path("key/root/file"));
  ASSERT_EQ(truncate(Path("key/root/file").c_str(), 4), 0);  // same size
  EXPECT_EQ(Note(), "made");
  EXPECT_EQ(Note(MustNotFill), "found");
}

TEST_F(SnapshotCacheTest, DoesNotUseOneWithAFileMoreOrLess) {
  ASSERT_EQ(Note(), "made");
  ASSERT_EQ(mkdir(Path("key/root/more").c_str(), 0755), 0);
  EXPECT_EQ(Note(), "made");
  EXPECT_FALSE(Exists("key/root/more"));
  ASSERT_EQ(unlink(Path("key/root/file").c_str()), 0);
  EXPECT_EQ(Note(), "made");
  EXPECT_TRUE(Exists("key/root/file"));
}

TEST_F(SnapshotCacheTest, DoesNotUseOneWithAnIncompleteSeal) {
  ASSERT_EQ(Note(), "made");
  const std::string seal = ReadFile(Path("key/seal")).value();
  ASSERT_THAT(WriteFile(Path("key/seal"), seal.substr(0, seal.size() - 2)),
              IsOk());
  EXPECT_EQ(Note(), "made");
  ASSERT_EQ(unlink(Path("key/seal").c_str()), 0);
  EXPECT_EQ(Note(), "made");
}

TEST_F(SnapshotCacheTest, DoesNotUseOneOfAnotherBoot) {
  ASSERT_EQ(Note(), "made");
  std::string seal = ReadFile(Path("key/seal")).value();
  const size_t digit = seal.find("boot ") + 5;
  seal[digit] = seal[digit] == '0' ? '1' : '0';
  ASSERT_THAT(WriteFile(Path("key/seal"), seal), IsOk());
  EXPECT_EQ(Note(), "made");
}

TEST_F(SnapshotCacheTest, LeavesNothingWhenItsInputIsWrong) {
  EXPECT_THAT(Cache().Get("key", kOwners, MustNotFill),
              StatusIs(absl::StatusCode::kDataLoss, "filled again"));
  EXPECT_FALSE(Exists("key"));
}

TEST_F(SnapshotCacheTest, SaysWhyItHasNone) {
  EXPECT_EQ(SnapshotCache("/proc/none", kMuch)
                .Get("key", kOwners, FillWithAFile)
                ->note,
            "none: cannot write to \"/proc/none\": No such file or directory");
  EXPECT_EQ(
      Note([](int) { return absl::ErrnoToStatus(ENOSPC, "cannot write"); }),
      "none: cannot write: No space left on device");
  EXPECT_FALSE(Exists("key"));
}

TEST_F(SnapshotCacheTest, RemovesTheLeastRecentlyUsed) {
  // Each takes about 12 KiB.
  const SnapshotCache cache = Cache(30000);
  int64_t second = 1000;
  for (const char* key : {"a", "b"}) {
    ASSERT_THAT(cache.Get(key, kOwners, FillWithAFile), IsOk());
    const timespec used = {.tv_sec = second++, .tv_nsec = 0};
    const timespec times[] = {used, used};
    ASSERT_EQ(utimensat(AT_FDCWD, Path(key).c_str(), times, 0), 0);
  }
  for (const char* key : {"a", "c"}) {
    ASSERT_THAT(cache.Get(key, kOwners, FillWithAFile), IsOk());
  }
  EXPECT_TRUE(Exists("a"));
  EXPECT_FALSE(Exists("b"));
  EXPECT_TRUE(Exists("c"));
}

TEST_F(SnapshotCacheTest, KeepsWhatIsInUse) {
  absl::StatusOr<SnapshotAnswer> used =
      Cache().Get("used", kOwners, FillWithAFile);
  ASSERT_THAT(used.status(), IsOk());
  ASSERT_EQ(Note(), "made");
  absl::StatusOr<SnapshotCache::Cleaned> cleaned = Cache(0).Clean();
  ASSERT_THAT(cleaned.status(), IsOk());
  EXPECT_EQ(cleaned->removed, 1);
  EXPECT_EQ(cleaned->in_use, 1);
  EXPECT_FALSE(Exists("key"));
  EXPECT_TRUE(Exists("used"));
  used->snapshot.reset();
  EXPECT_EQ(Cache(0).Clean()->removed, 1);
  EXPECT_FALSE(Exists("used"));
}

TEST_F(SnapshotCacheTest, RemovesWhatAKilledProcessLeft) {
  ASSERT_EQ(Note(), "made");
  ASSERT_EQ(mkdir(Path(".making.x").c_str(), 0700), 0);
  ASSERT_EQ(mkdir(Path(".making.x/root").c_str(), 0), 0);
  EXPECT_EQ(Cache().Clean()->removed, 1);
  EXPECT_FALSE(Exists(".making.x"));
  EXPECT_TRUE(Exists("key"));
}

TEST_F(SnapshotCacheTest, CannotCleanWhatIsNotThere) {
  EXPECT_THAT(Cache().Clean(),
              StatusIs(absl::StatusCode::kNotFound,
                       absl::StrCat("cannot open \"", directory(),
                                    "\": No such file or directory")));
}

}  // namespace
}  // namespace rules_dockerfile
