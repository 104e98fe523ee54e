#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/run/kept_trees.h"
#include "lib/run/layer_store.h"
#include "lib/run/run_layer.h"
#include "lib/run/run_layer_testing.h"
#include "lib/run/run_memory.h"
#include "lib/run/scratch.h"
#include "lib/run/store_scratch.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

// RUNs whose layers below are kept in a LayerStore.

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class KeptLayersTest : public testing::TestWithParam<SandboxMode> {
 protected:
  void SetUp() override {
    if (!CanHaveSandbox(GetParam())) GTEST_SKIP() << "skipped: no such sandbox";
    store_ = LayerStore::Create(OwnersOf(GetParam()));
    ASSERT_THAT(store_, IsOk());
  }

  // Three layers: what the second one changes, the third one changes again.
  static void AddTwoLayers(TestRun& run) {
    ASSERT_THAT(
        run.Run(GetParam(),
                "mkdir /a ; write /a/z 1 ; write /a/b 2 ; rm /d/sub ; "
                "link /f /a/link ; symlink b /a/s ; chown 5:6 /a/s ; "
                "chmod 700 /owned ; mknod c /a/null 1 3 ; mknod p /a/fifo"),
        IsOk());
    run.Keep();
    ASSERT_THAT(run.Run(GetParam(),
                        "rm /a/z ; write /a/a 3 ; mkdir /d/sub ; "
                        "write /d/sub/new 4 ; rm /hard2 ; rm /link"),
                IsOk());
    run.Keep();
  }

  // Runs, and returns how many layers were found and added.
  static std::string Note(TestRun& run, const char* commands) {
    run.options.verbose = true;
    EXPECT_THAT(run.Run(GetParam(), commands), IsOk());
    const std::string notes = absl::StrJoin(run.notes, "\n");
    return notes.substr(notes.find(", kept layers: ") + 2);
  }

  static std::string Layer(const TestRun& run) {
    return ReadFile(run.Path("layer.tar")).value() +
           ReadFile(run.Path("layer.index")).value();
  }

  // What is written in the memory of the store.
  int64_t UsedBlocks() const {
    struct statvfs info;
    const LayerStoreView view = store_->Open({}, 1 << 30).value();
    if (fstatvfs(view.mount(), &info) < 0) return -1;
    return static_cast<int64_t>(info.f_blocks - info.f_bfree);
  }

  absl::StatusOr<LayerStore> store_ = absl::InternalError("no store");
};

constexpr char kCommands[] =
    "rm /a/b ; write /new x ; link /a/link /f2 ; chown 7:8 /a/s ; "
    "mvtree /d /e ; touch 999 /owned/f";
constexpr char kCommandsOnBase[] =
    "rm /d ; chown 7:8 /link ; write /hard1 x ; touch 999 /owned/f";

TEST_P(KeptLayersTest, WritesTheSameBytesWithAStore) {
  TestRun without;
  AddTwoLayers(without);
  ASSERT_THAT(without.Run(GetParam(), kCommands), IsOk());
  without.options.overlay = false;
  const std::string layer = Layer(without);
  ASSERT_THAT(without.Run(GetParam(), kCommands), IsOk());
  EXPECT_TRUE(Layer(without) == layer) << without.Entries();

  TestRun with;
  AddTwoLayers(with);
  with.Use(&*store_);
  EXPECT_EQ(Note(with, kCommands), "kept layers: 0 of 3 found, 3 added");
  EXPECT_TRUE(Layer(with) == layer) << with.Entries();
  EXPECT_EQ(Note(with, kCommands), "kept layers: 3 of 3 found, 0 added");
  EXPECT_TRUE(Layer(with) == layer) << with.Entries();
}

// With the index of a layer that is not read again.
TEST_P(KeptLayersTest, WritesTheSameBytesWithAKeptTree) {
  TestRun run;
  AddTwoLayers(run);
  ASSERT_THAT(run.Run(GetParam(), kCommands), IsOk());
  const std::string layer = Layer(run);
  KeptTrees trees;
  run.Use(&*store_);
  run.options.trees = &trees;
  EXPECT_EQ(Note(run, kCommands), "kept layers: 0 of 3 found, 3 added");
  const std::vector<std::string>& indexes = run.options.indexes;
  std::vector<std::string> digests;
  for (const std::string& index : indexes) {
    digests.push_back(run.options.digests[index]);
    // The tree of one layer, of two and of all.
    trees.Keep({indexes.data(), digests.size()}, digests);
    ASSERT_EQ(trees.Find(digests, 3).layers, digests.size());
    EXPECT_EQ(Note(run, kCommands),
              absl::StrCat("kept layers: 3 of 3 found, 0 added, indexes of ",
                           digests.size(), " known"));
    EXPECT_TRUE(Layer(run) == layer) << run.Entries();
  }
  // Nor does it matter where a layer is not in the store, or none is.
  store_->Trim(0);
  EXPECT_EQ(Note(run, kCommands), "kept layers: 0 of 3 found, 3 added");
  EXPECT_TRUE(Layer(run) == layer) << run.Entries();
  run.options.scratch.available_memory = 0;
  EXPECT_EQ(Note(run, kCommands), "kept layers: 0 of 3 found, 0 added");
  EXPECT_TRUE(Layer(run) == layer) << run.Entries();
}

TEST_P(KeptLayersTest, ReadsNoIndexOfAKeptTree) {
  TestRun run;
  run.Use(&*store_);
  EXPECT_EQ(Note(run, "ids"), "kept layers: 0 of 1 found, 1 added");
  KeptTrees trees;
  const std::string index = run.Path("base.index");
  trees.Keep({index}, {run.options.digests[index]});
  run.options.trees = &trees;
  run.options.mode = GetParam();
  // Bazel's digest is still the old one.
  run.Write("base.index", "forged");
  const RunLayerResult result = MakeRunLayer(run.options);
  EXPECT_THAT(result.status, IsOk());
  run.options.trees = nullptr;
  EXPECT_THAT(MakeRunLayer(run.options).status,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "layer index line 1: expected a JSON object"));
}

TEST_P(KeptLayersTest, IsDoneBeforeItsMemoryIsFree) {
  TestRun run;
  run.Use(&*store_);
  EXPECT_EQ(Note(run, "ids"), "kept layers: 0 of 1 found, 1 added");
  const int64_t before = UsedBlocks();
  int calls = 0;
  std::string note;
  std::string layer;
  int64_t used = 0;
  run.options.done = [&](const std::vector<std::string>& notes) {
    ++calls;
    note = absl::StrJoin(notes, "\n");
    layer = Layer(run);
    used = UsedBlocks();
  };
  ASSERT_THAT(run.Run(GetParam(), "write_mebibytes /f 20"), IsOk());
  EXPECT_THAT(run.notes, testing::IsEmpty());
  EXPECT_EQ(calls, 1);
  EXPECT_THAT(note, HasSubstr(", kept layers: 1 of 1 found, 0 added"));
  EXPECT_TRUE(layer == Layer(run));
  EXPECT_GT(used, before);
  EXPECT_EQ(UsedBlocks(), before);
  EXPECT_THAT(ChildProcesses(), testing::IsEmpty());
  // Not if it fails, or leaves files on disk.
  EXPECT_FALSE(run.Run(GetParam(), "exit 1").ok());
  run.options.scratch.available_memory = 0;
  ASSERT_THAT(run.Run(GetParam(), "ids"), IsOk());
  EXPECT_THAT(run.notes, Not(testing::IsEmpty()));
  EXPECT_EQ(calls, 1);
}

// Links and order of directories, times, devices: what a command may write to a
// file.
TEST_P(KeptLayersTest, ShowsTheSameWithAStore) {
  TestRun run;
  AddTwoLayers(run);
  const std::string expected = run.Output("", "survey /", GetParam());
  EXPECT_THAT(expected, HasSubstr("\n/a/a "));
  run.Use(&*store_);
  EXPECT_EQ(run.Output("", "survey /", GetParam()), expected);
  EXPECT_EQ(run.Output("", "survey /", GetParam()), expected);
  EXPECT_EQ(Note(run, "ids"), "kept layers: 3 of 3 found, 0 added");
}

TEST_P(KeptLayersTest, ExtractsWhatCannotBeStored) {
  TestRun run;
  AddTwoLayers(run);
  ASSERT_THAT(run.Run(GetParam(), kCommands), IsOk());
  const std::string layer = Layer(run);
  // The base is larger than that.
  run.Use(&*store_, /*limit=*/100'000);
  EXPECT_EQ(Note(run, kCommands), "kept layers: 0 of 3 found, 2 added");
  EXPECT_TRUE(Layer(run) == layer) << run.Entries();
  run.options.scratch.available_memory = 0;
  EXPECT_EQ(Note(run, kCommands), "kept layers: 0 of 3 found, 0 added");
  EXPECT_TRUE(Layer(run) == layer) << run.Entries();
  // In a store that has no memory left.
  store_ = LayerStore::Create(OwnersOf(GetParam()), 1 << 15);
  run.Use(&*store_);
  run.options.scratch = ReadScratchFacts();
  EXPECT_EQ(Note(run, kCommands), "kept layers: 0 of 3 found, 0 added");
  EXPECT_TRUE(Layer(run) == layer) << run.Entries();
}

TEST_P(KeptLayersTest, RemovesLayersForOthers) {
  TestRun run;
  const int64_t size =
      static_cast<int64_t>(ReadFile(run.Path("base.tar")).value().size());
  run.Use(&*store_, size + size / 2);
  EXPECT_EQ(Note(run, "ids"), "kept layers: 0 of 1 found, 1 added");
  TestRun other;
  other.AddLink("/other", "link");
  const std::string tar = ReadFile(other.Path("base.tar")).value();
  other.Write("base.tar", tar + std::string(512, '\0'));
  other.Use(&*store_, size + size / 2);
  EXPECT_EQ(Note(other, "ids"), "kept layers: 0 of 2 found, 2 added");
  EXPECT_EQ(Note(run, "ids"), "kept layers: 0 of 1 found, 1 added");
}

TEST_P(KeptLayersTest, ServesRunsAtOnce) {
  std::vector<pid_t> children;
  std::vector<TestRun> runs(3);
  for (TestRun& run : runs) {
    AddTwoLayers(run);
    run.Use(&*store_);
  }
  for (TestRun& run : runs) {
    const pid_t child = fork();
    if (child == 0) _exit(run.Run(GetParam(), kCommands).ok() ? 0 : 1);
    children.push_back(child);
  }
  for (const pid_t child : children) EXPECT_EQ(WaitForChild(child), 0);
  for (const TestRun& run : runs) EXPECT_TRUE(Layer(run) == Layer(runs[0]));
  EXPECT_EQ(Note(runs[0], kCommands), "kept layers: 3 of 3 found, 0 added");
  EXPECT_TRUE(Layer(runs[0]) == Layer(runs[1]));
}

TEST_P(KeptLayersTest, HidesTheStore) {
  TestRun run;
  run.Use(&*store_);
  // Of another RUN.
  absl::StatusOr<StoreScratch> other = store_->MakeScratch();
  ASSERT_THAT(other, IsOk());
  for (const char* layers : {"added", "found"}) {
    SCOPED_TRACE(layers);
    // Nor does a mount of a directory lead there.
    const std::string mounts = run.Output(
        "--mount=type=cache,target=/c", "cat /proc/self/mountinfo", GetParam());
    EXPECT_THAT(mounts, HasSubstr("lowerdir=0:stub,upperdir=upper"));
    EXPECT_THAT(mounts, HasSubstr(" /c "));
    EXPECT_THAT(mounts, Not(HasSubstr("store")));
    EXPECT_THAT(mounts, Not(HasSubstr("runs")));
    // The root directory is its own parent, however it is reached.
    for (const char* path : {"/..", "/../..", "/proc/self/root/..",
                             "/proc/self/cwd/..", "/proc/1/root/.."}) {
      EXPECT_THAT(run.Output("", absl::StrCat("same ", path, " /"), GetParam()),
                  StartsWith(absl::StrCat(path, " is /,")));
    }
  }
}

TEST_P(KeptLayersTest, HasOneDeviceAndSmallInodeNumbers) {
  TestRun run;
  AddTwoLayers(run);
  run.Use(&*store_);
  // For programs of 32 bits, too.
  run.SetPlatform("linux/386");
  EXPECT_EQ(Note(run, "ids"), "kept layers: 0 of 3 found, 3 added");
  EXPECT_EQ(Note(run, "ids"), "kept layers: 3 of 3 found, 0 added");
  const std::string files = run.Output(
      "", "write /a/new 1 ; survey /a ; survey /d ; survey /bin", GetParam());
  for (const char* found : {"/a/a ", "/a/new ", "/d/f ", "/bin/probe "}) {
    EXPECT_THAT(files, HasSubstr(found));
  }
  EXPECT_THAT(files, Not(HasSubstr(", other device")));
  EXPECT_THAT(files, Not(HasSubstr(", large inode number")));
}

// What others write to the store's memory is not the RUN's.
TEST_P(KeptLayersTest, CountsOnlyItsOwnFilesAsMemory) {
  constexpr int64_t kMebibyte = 1 << 20;
  ASSERT_THAT(store_->Add("large", 0, 100,
                          [](int fd) -> absl::Status {
                            const UniqueFd file(openat(
                                fd, "f", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
                            return absl::ErrnoToStatus(
                                posix_fallocate(file.get(), 0, 200 * kMebibyte),
                                "cannot write");
                          }),
              IsOk());
  TestRun run;
  run.Use(&*store_);
  run.options.limits.memory = 100 * kMebibyte;
  EXPECT_EQ(Note(run, "write_mebibytes /f 50"),
            "kept layers: 0 of 1 found, 1 added");
  for (const char* commands :
       {"write_mebibytes /f 150 ; pause", "fill_shared 150 removed ; pause",
        "write_mebibytes /f 60 ; write_mebibytes /g 60 ; pause",
        "create_files / 120000 ; pause"}) {
    SCOPED_TRACE(commands);
    EXPECT_THAT(run.Run(GetParam(), commands),
                StatusIs(absl::StatusCode::kAborted,
                         HasSubstr(OutOfMemoryNote(100 * kMebibyte))));
  }
  EXPECT_THAT(run.Output("--mount=type=cache,target=/c",
                         "write_mebibytes /c/f 150 ; pause", GetParam()),
              HasSubstr(OutOfMemoryNote(100 * kMebibyte)));
}

TEST_P(KeptLayersTest, LeavesNothingOfARunInTheStore) {
  TestRun run;
  run.Use(&*store_);
  EXPECT_EQ(Note(run, "ids"), "kept layers: 0 of 1 found, 1 added");
  const int64_t before = UsedBlocks();
  EXPECT_EQ(Note(run, "write_mebibytes /f 20 ; mkdir /a ; write /a/b x"),
            "kept layers: 1 of 1 found, 0 added");
  EXPECT_EQ(UsedBlocks(), before);
}

// A file that changed after Bazel took its digest.
TEST_P(KeptLayersTest, DoesNotKeepWhatDiffersFromItsIndex) {
  TestRun run;
  ASSERT_THAT(run.Run(GetParam(), "write /f HONEST"), IsOk());
  run.Keep();
  run.Use(&*store_);
  const std::string tar = ReadFile(run.Path("kept0.tar")).value();
  run.Write("kept0.tar", absl::StrReplaceAll(tar, {{"HONEST", "FORGED"}}));
  EXPECT_EQ(run.Output("", "cat /f", GetParam()), "FORGED");
  EXPECT_EQ(Note(run, "ids"), "kept layers: 1 of 2 found, 0 added");
  run.Write("kept0.tar", tar);
  EXPECT_EQ(run.Output("", "cat /f", GetParam()), "HONEST");
  EXPECT_EQ(Note(run, "ids"), "kept layers: 2 of 2 found, 0 added");
}

TEST_P(KeptLayersTest, LeavesAStoreOfOtherOwners) {
  const OwnerStore others = GetParam() == SandboxMode::kEmulated
                                ? OwnerStore::kReal
                                : OwnerStore::kRecorded;
  store_ = LayerStore::Create(others);
  if (!store_.ok()) GTEST_SKIP() << "skipped: no such store";
  TestRun run;
  run.Use(&*store_);
  EXPECT_EQ(Note(run, kCommandsOnBase), "kept layers: 0 of 1 found, 0 added");
  const std::string layer = Layer(run);
  if (others == OwnerStore::kRecorded) {
    ASSERT_THAT(run.Run(SandboxMode::kEmulated, "ids"), IsOk());
    EXPECT_EQ(Note(run, kCommandsOnBase), "kept layers: 0 of 1 found, 0 added");
    EXPECT_TRUE(Layer(run) == layer);
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, KeptLayersTest,
                         testing::Values(SandboxMode::kEmulated,
                                         SandboxMode::kMapped,
                                         SandboxMode::kReal),
                         [](const auto& info) {
                           return std::string(SandboxModeName(info.param));
                         });

}  // namespace
}  // namespace rules_dockerfile
