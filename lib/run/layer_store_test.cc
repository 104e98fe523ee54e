#include "lib/run/layer_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/run/store_scratch.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;

absl::Status WriteName(int fd) {
  const UniqueFd file(openat(fd, "name", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  return file.ok() ? absl::OkStatus() : absl::InternalError("no file");
}

class LayerStoreTest : public testing::Test {
 protected:
  absl::Status Add(const std::string& key, int64_t size = 1,
                   int64_t limit = 100) {
    return store_->Add(key, size, limit, WriteName);
  }

  // The view that uses the directory of `key`.
  std::optional<LayerStoreView> Use(const std::string& key) {
    absl::StatusOr<LayerStoreView> view = store_->Open({key}, 1000);
    if (!view.ok() || !view->Use(key)) return std::nullopt;
    return *std::move(view);
  }

  // What is in the store.
  std::set<std::string> Names(int64_t limit = 1000) {
    std::set<std::string> names;
    const LayerStoreView view = store_->Open({}, limit).value();
    DIR* directory = fdopendir(openat(view.mount(), ".", O_RDONLY));
    while (const dirent* entry = readdir(directory)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.insert(name);
    }
    closedir(directory);
    return names;
  }

  absl::StatusOr<LayerStore> store_ = LayerStore::Create(OwnerStore::kRecorded);
};

TEST_F(LayerStoreTest, HasWhatWasAdded) {
  ASSERT_THAT(store_, IsOk());
  EXPECT_FALSE(Use("a").has_value());
  ASSERT_THAT(Add("a"), IsOk());
  const std::optional<LayerStoreView> view = Use("a");
  ASSERT_TRUE(view.has_value());
  struct stat info;
  EXPECT_EQ(fstatat(view->mount(), "a/root/name", &info, 0), 0);
  EXPECT_EQ(LayerStoreView::PathOf("a"), "a/root");
}

TEST_F(LayerStoreTest, FillsADirectoryOnce) {
  ASSERT_THAT(Add("a"), IsOk());
  EXPECT_THAT(store_->Add("a", 1, 100,
                          [](int) { return absl::DataLossError("again"); }),
              IsOk());
}

TEST_F(LayerStoreTest, CannotBeWrittenThroughAView) {
  ASSERT_THAT(Add("a"), IsOk());
  const std::optional<LayerStoreView> view = Use("a");
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(openat(view->mount(), "a/root/name", O_WRONLY | O_CLOEXEC), -1);
  EXPECT_EQ(errno, EROFS);
}

TEST_F(LayerStoreTest, KeepsNothingOfAFailure) {
  EXPECT_THAT(store_->Add("a", 1, 100,
                          [](int fd) {
                            WriteName(fd).IgnoreError();
                            return absl::DataLossError("it fails");
                          }),
              StatusIs(absl::StatusCode::kDataLoss, "it fails"));
  EXPECT_THAT(Names(), ElementsAre());
  EXPECT_THAT(Add("a"), IsOk());
  EXPECT_TRUE(Use("a").has_value());
}

TEST_F(LayerStoreTest, TakesNoHalfOfWhatAKilledWriterLeft) {
  const auto be_killed = [](int fd) -> absl::Status {
    WriteName(fd).IgnoreError();
    kill(getpid(), SIGKILL);
    return absl::OkStatus();
  };
  EXPECT_THAT(
      store_->Add("a", 60, 100, be_killed),
      StatusIs(absl::StatusCode::kInternal, "a child process was killed"));
  EXPECT_THAT(Names(), ElementsAre());
  EXPECT_FALSE(Use("a").has_value());
  // It is removed when another needs room, and counts for nothing.
  EXPECT_THAT(Add("b", 60), IsOk());
  EXPECT_THAT(Names(), ElementsAre("b"));
  EXPECT_THAT(
      store_->Add("a", 40, 100, be_killed),
      StatusIs(absl::StatusCode::kInternal, "a child process was killed"));
  EXPECT_THAT(Add("a", 40), IsOk());
  EXPECT_THAT(Names(), ElementsAre("a", "b"));
}

TEST_F(LayerStoreTest, RemovesTheLeastRecentlyUsed) {
  ASSERT_THAT(Add("a", 40), IsOk());
  ASSERT_THAT(Add("b", 40), IsOk());
  // Times differ from tick to tick.
  usleep(20'000);
  ASSERT_THAT(store_->Open({"a"}, 100), IsOk());
  EXPECT_THAT(Add("c", 40), IsOk());
  EXPECT_THAT(Names(), ElementsAre("a", "c"));
}

TEST_F(LayerStoreTest, KeepsWhatIsUsed) {
  ASSERT_THAT(Add("a", 60), IsOk());
  std::optional<LayerStoreView> view = Use("a");
  ASSERT_TRUE(view.has_value());
  EXPECT_THAT(Add("b", 60),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "the layer store: 60 more bytes exceed the limit"));
  EXPECT_THAT(Names(), ElementsAre("a"));
  view.reset();
  EXPECT_THAT(Add("b", 60), IsOk());
  EXPECT_THAT(Names(), ElementsAre("b"));
}

TEST_F(LayerStoreTest, RefusesWhatIsLargerThanItself) {
  ASSERT_THAT(Add("b", 1), IsOk());
  EXPECT_THAT(Add("a", 101),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "the layer store: 101 more bytes exceed the limit"));
  // Nothing goes for it.
  EXPECT_THAT(Names(), ElementsAre("b"));
}

TEST_F(LayerStoreTest, RemovesNothingUnlessThatIsEnough) {
  ASSERT_THAT(Add("a", 30), IsOk());
  ASSERT_THAT(Add("b", 60), IsOk());
  const std::optional<LayerStoreView> view = Use("b");
  ASSERT_TRUE(view.has_value());
  EXPECT_THAT(Add("c", 50),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "the layer store: 50 more bytes exceed the limit"));
  EXPECT_THAT(Names(), ElementsAre("a", "b"));
  EXPECT_THAT(Add("c", 40), IsOk());
  EXPECT_THAT(Names(), ElementsAre("b", "c"));
}

TEST_F(LayerStoreTest, RemovesWhatExceedsALowerLimit) {
  ASSERT_THAT(Add("a", 40), IsOk());
  ASSERT_THAT(Add("b", 40), IsOk());
  usleep(20'000);
  std::optional<LayerStoreView> view = Use("a");
  EXPECT_THAT(Names(/*limit=*/50), ElementsAre("a"));
  store_->Trim(0);
  EXPECT_THAT(Names(), ElementsAre("a"));
  view.reset();
  store_->Trim(0);
  EXPECT_THAT(Names(), ElementsAre());
}

// Deeper than a process may have descriptors.
TEST_F(LayerStoreTest, RemovesDeepDirectories) {
  const auto fill = [](int fd) -> absl::Status {
    for (int i = 0; i < 1400; ++i) {
      if (mkdirat(fd, "a", 0755) < 0) return absl::InternalError("mkdir");
      const UniqueFd inner(openat(fd, "a", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (dup2(inner.get(), fd) < 0) return absl::InternalError("open");
    }
    return absl::OkStatus();
  };
  ASSERT_THAT(store_->Add("a", 60, 100, fill), IsOk());
  rlimit old;
  getrlimit(RLIMIT_NOFILE, &old);
  const rlimit few = {.rlim_cur = 64, .rlim_max = old.rlim_max};
  setrlimit(RLIMIT_NOFILE, &few);
  EXPECT_THAT(Add("b", 60), IsOk());
  setrlimit(RLIMIT_NOFILE, &old);
  EXPECT_THAT(Names(), ElementsAre("b"));
}

TEST_F(LayerStoreTest, KeepsNothingIfMemoryRunsOut) {
  store_ = LayerStore::Create(OwnerStore::kRecorded, 1 << 20);
  ASSERT_THAT(store_, IsOk());
  const auto fill = [](int fd) -> absl::Status {
    const UniqueFd file(
        openat(fd, "large", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    const int error = posix_fallocate(file.get(), 0, 2 << 20);
    return error == 0 ? absl::OkStatus()
                      : absl::ErrnoToStatus(error, "cannot write");
  };
  EXPECT_THAT(store_->Add("a", 1, 100, fill),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "cannot write: No space left on device"));
  EXPECT_THAT(Names(), ElementsAre());
  EXPECT_THAT(Add("a"), IsOk());
}

TEST_F(LayerStoreTest, IsShortOfMemoryForInodes) {
  store_ = LayerStore::Create(OwnerStore::kRecorded, 1 << 20);
  ASSERT_THAT(store_, IsOk());
  const LayerStoreView view = store_->Open({}, 100).value();
  EXPECT_FALSE(view.IsShort());
  const StoreScratch scratch = store_->MakeScratch().value();
  for (int i = 0; i < 1500; ++i) {
    const std::string name = absl::StrCat(i);
    EXPECT_TRUE(UniqueFd(openat(scratch.mount(), name.c_str(),
                                O_WRONLY | O_CREAT | O_CLOEXEC, 0600))
                    .ok());
  }
  EXPECT_TRUE(view.IsShort());
}

TEST_F(LayerStoreTest, LetsOneOfTwoProcessesFillADirectory) {
  Pipe fills = *MakePipe();
  Pipe go = *MakePipe();
  // Each waits in its fill for the other one to be there.
  std::vector<pid_t> children;
  for (int i = 0; i < 2; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      go.write.Close();
      ReadAll(go.read.get());
      const absl::Status added = store_->Add("a", 1, 100, [&](int fd) {
        WriteAll(fills.write.get(), "x");
        return WriteName(fd);
      });
      _exit(added.ok() && Use("a").has_value() ? 0 : 1);
    }
    children.push_back(child);
  }
  go.read.Close();
  go.write.Close();
  for (const pid_t child : children) EXPECT_EQ(WaitForChild(child), 0);
  fills.write.Close();
  EXPECT_EQ(ReadAll(fills.read.get()), "x");
}

}  // namespace
}  // namespace rules_dockerfile
