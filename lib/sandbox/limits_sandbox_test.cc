#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/sandbox.h"
#include "lib/sandbox/sandbox_testing.h"
#include "lib/sandbox/spec/sandbox_spec.h"
#include "lib/sandbox/usage_watch.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kMebibyte = 1 << 20;

class LimitsTest : public ProbeSandboxTest {
 protected:
  // Which limit ended it; how it ended must fit.
  static ExceededLimit Exceeded(const SandboxSpec& spec) {
    testing::internal::CaptureStdout();
    const absl::StatusOr<SandboxResult> result = RunInSandbox(spec);
    const std::string output = testing::internal::GetCapturedStdout();
    if (!result.ok()) {
      ADD_FAILURE() << result.status();
      return ExceededLimit::kNone;
    }
    EXPECT_EQ(result->signal, result->exceeded == ExceededLimit::kNone ? 0 : 9)
        << output;
    return result->exceeded;
  }
};

TEST_P(LimitsTest, EndsACommandThatUsesTooMuchMemory) {
  SandboxSpec spec = ProbeSpec(GetParam(), "fill 300 ; pause");
  spec.limits.memory = 200 * kMebibyte;
  EXPECT_EQ(Exceeded(spec), ExceededLimit::kMemory);
}

TEST_P(LimitsTest, CountsTheMemoryOfAllProcesses) {
  SandboxSpec spec = ProbeSpec(
      GetParam(), "fill_aside 120 ; fill_aside 120 ; fill_aside 120 ; pause");
  spec.limits.memory = 250 * kMebibyte;
  EXPECT_EQ(Exceeded(spec), ExceededLimit::kMemory);
}

// /proc/PID shows no memory of a process whose first thread has ended.
TEST_P(LimitsTest, CountsTheMemoryOfAProcessWhoseFirstThreadEnded) {
  SandboxSpec spec = ProbeSpec(GetParam(), "fill_in_thread 300");
  spec.limits.memory = 200 * kMebibyte;
  EXPECT_EQ(Exceeded(spec), ExceededLimit::kMemory);
}

// With emulated ids the sandbox process keeps the groups of each process.
TEST_P(LimitsTest, CountsWhatTheSandboxProcessKeeps) {
  if (GetParam() != SandboxMode::kEmulated) {
    GTEST_SKIP() << "skipped: the kernel keeps the groups";
  }
  SandboxSpec spec = ProbeSpec(GetParam(), "members 600 ; pause");
  spec.limits.memory = 150 * kMebibyte;
  EXPECT_EQ(Exceeded(spec), ExceededLimit::kMemory);
}

TEST_P(LimitsTest, CountsMemoryThatIsShared) {
  for (const char* kind : {"mapping", "name", "memfd", "removed"}) {
    SandboxSpec spec = ProbeSpec(
        GetParam(), absl::StrCat("fill_shared 300 ", kind, " ; pause"));
    spec.limits.memory = 200 * kMebibyte;
    EXPECT_EQ(Exceeded(spec), ExceededLimit::kMemory) << kind;
  }
}

TEST_P(LimitsTest, CountsFilesInMemory) {
  SandboxSpec spec = ProbeSpec(GetParam(), "write_mebibytes /f 300 ; pause");
  spec.limits.memory = 200 * kMebibyte;
  EXPECT_EQ(Exceeded(spec), ExceededLimit::kMemory);
}

// They have no data, but inodes and names.
TEST_P(LimitsTest, CountsEmptyFilesInMemory) {
  for (const char* directory : {"/", "/t"}) {
    SandboxSpec spec = ProbeSpec(
        GetParam(), absl::StrCat("create_files ", directory, " 60000 ; pause"));
    spec.view.mounts = {TmpfsMount{.target = "/t"}};
    spec.limits.memory = 40 * kMebibyte;
    EXPECT_EQ(Exceeded(spec), ExceededLimit::kMemory) << directory;
  }
}

TEST_P(LimitsTest, CountsFilesInMountsInMemory) {
  SandboxSpec spec = ProbeSpec(GetParam(), "write_mebibytes /t/f 300 ; pause");
  spec.view.mounts = {TmpfsMount{.target = "/t"}};
  spec.limits.memory = 200 * kMebibyte;
  EXPECT_EQ(Exceeded(spec), ExceededLimit::kMemory);
}

// The kernel refuses one more process, or, where it cannot, the sandbox ends
// them all.
TEST_P(LimitsTest, BoundsTheNumberOfProcesses) {
  SandboxSpec spec = ProbeSpec(GetParam(), "forks 2000 ; pid");
  spec.limits.processes = 400;
  const std::string output = Output(spec);
  if (output != "signal 9") {
    EXPECT_EQ(output, "fork: EAGAIN\npid 1\n");
  }
}

RULES_DOCKERFILE_IN_EACH_MODE(LimitsTest);

// Processes that share all of their memory with the one that forked them, until
// the end of this object.
class Sharers {
 public:
  // Each does `begin` before this returns.
  explicit Sharers(
      int number, const std::function<void()>& begin = [] {}) {
    for (int i = 0; i < number; ++i) {
      Pipe ready = MakePipe().value();
      pids_.push_back(fork());
      if (pids_.back() == 0) {
        begin();
        ready.write.Close();
        while (true) pause();
      }
      ready.write.Close();
      ReadAll(ready.read.get());
    }
  }
  ~Sharers() {
    for (const pid_t pid : pids_) {
      kill(pid, SIGKILL);
      WaitForChild(pid);
    }
  }

  std::vector<std::string> ids() const {
    std::vector<std::string> ids;
    for (const pid_t pid : pids_) ids.push_back(absl::StrCat(pid));
    return ids;
  }

 private:
  std::vector<pid_t> pids_;
};

TEST(UsageWatch, CountsMemoryThatProcessesShareOnce) {
  const std::string shared(100 * kMebibyte, 'x');
  const Sharers sharers(3);
  const UniqueFd proc(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const std::vector<std::string> ids = sharers.ids();
  EXPECT_GT(ResidentMemory(proc.get(), ids), 3 * 100 * kMebibyte);
  // This process has a share, too.
  EXPECT_GT(ProportionalMemory(proc.get(), ids), 70 * kMebibyte);
  EXPECT_LT(ProportionalMemory(proc.get(), ids), 110 * kMebibyte);
}

// No swap space is needed for this: a /proc of files.
TEST(UsageWatch, CountsMemoryThatIsSwappedOut) {
  const std::string proc = absl::StrCat(testing::TempDir(), "/proc_of_files");
  std::filesystem::create_directories(absl::StrCat(proc, "/7"));
  ASSERT_THAT(WriteFile(absl::StrCat(proc, "/7/status"),
                        "Name:\tprobe\nRssAnon:\t1024 kB\nRssShmem:\t0 kB\n"
                        "VmSwap:\t2048 kB\n"),
              absl_testing::IsOk());
  ASSERT_THAT(WriteFile(absl::StrCat(proc, "/7/smaps_rollup"),
                        "Rss:  4096 kB\nPss_Anon:  512 kB\nPss_Shmem:  0 kB\n"
                        "SwapPss:  1536 kB\n"),
              absl_testing::IsOk());
  const UniqueFd fd(open(proc.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  EXPECT_EQ(ResidentMemory(fd.get(), {"7"}), 3 * kMebibyte);
  EXPECT_EQ(ProportionalMemory(fd.get(), {"7"}), 2 * kMebibyte);
}

TEST(UsageWatch, CountsThreads) {
  const UniqueFd proc(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const Sharers sharers(2);
  std::vector<std::string> ids = sharers.ids();
  ids.push_back(absl::StrCat(getpid()));
  const int64_t before = CountTasks(proc.get(), ids);
  EXPECT_GE(before, 3);
  std::promise<void> end;
  const std::shared_future<void> ended = end.get_future().share();
  std::vector<std::thread> threads;
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([ended] { ended.wait(); });
  }
  EXPECT_EQ(CountTasks(proc.get(), ids), before + 5);
  end.set_value();
  for (std::thread& thread : threads) thread.join();
}

TEST(UsageWatch, CountsSharedMappingsOnce) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer's own memory counts, too";
#endif
  constexpr size_t kSize = 100 * kMebibyte;
  void* shared = mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  memset(shared, 1, kSize);
  const Sharers sharers(3, [shared] {
    // A page counts for those that have touched it.
    for (size_t at = 0; at < kSize; at += 4096) {
      [[maybe_unused]] volatile const char byte =
          static_cast<const char*>(shared)[at];
    }
  });
  const UniqueFd proc(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const std::vector<std::string> ids = sharers.ids();
  EXPECT_GT(ResidentMemory(proc.get(), ids), 3 * 100 * kMebibyte);
  EXPECT_GT(ProportionalMemory(proc.get(), ids), 70 * kMebibyte);
  EXPECT_LT(ProportionalMemory(proc.get(), ids), 110 * kMebibyte);
  munmap(shared, kSize);
}

}  // namespace
}  // namespace rules_dockerfile
