#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/container/attached_sandbox.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/sandbox.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/sandbox_testing.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

constexpr int kEnded = 42;

// Runs a sandbox as a tool does, its output on standard output. Returns an exit
// code.
using Make = int (*)(const SandboxSpec& spec);

int MakeRun(const SandboxSpec& spec) {
  const absl::Status status = RunInSandbox(spec).status();
  return absl::IsCancelled(status) ? kEnded : 1;
}

// As image_test does (no signals are passed on) and as image_run does.
int MakeAttached(const SandboxSpec& spec, bool passes_signals) {
  const auto write = [](absl::string_view text) {
    return WriteAll(STDOUT_FILENO, text);
  };
  const absl::StatusOr<SandboxResult> result = RunAttached(
      spec,
      {.output = write, .errors = write, .passes_signals = passes_signals});
  if (!result.ok()) return absl::IsCancelled(result.status()) ? kEnded : 1;
  return result->signal == SIGKILL ? kEnded : 1;
}
int MakeTest(const SandboxSpec& spec) { return MakeAttached(spec, false); }
int MakeContainer(const SandboxSpec& spec) {
  // One more may come when it has ended.
  for (const int number : {SIGHUP, SIGINT, SIGTERM}) signal(number, SIG_IGN);
  return MakeAttached(spec, true);
}

struct Maker {
  const char* name;
  Make make;
  bool asks;  // the command to end, which is killed the third time
};
constexpr Maker kMakers[] = {{"Run", MakeRun, false},
                             {"Test", MakeTest, false},
                             {"Container", MakeContainer, true}};

// What the command does, with a lock on a file, before it says "ready".
struct Command {
  const char* name;
  const char* commands;
};
constexpr Command kCommands[] = {
    {"Waits", ""},
    {"ChangesItsUser", "user 33:44 ; "},
    {"ForgetsItsMaker", "forget_maker ; "},
    {"IgnoresSignals", "ignore 1 ; ignore 2 ; ignore 15 ; "},
    {"HasOtherSessions", "session ; session ; "},
    {"HasSessionsOfAnotherUser",
     "user 33:44 ; session ; forget_maker ; session ; "},
};

struct Signal {
  const char* name;
  int number;
};
constexpr Signal kSignals[] = {
    {"Kill", SIGKILL}, {"Term", SIGTERM}, {"Int", SIGINT}, {"Hup", SIGHUP}};

using Case = std::tuple<SandboxMode, Maker, Command, Signal>;

class MakerDeathTest : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (!CanHaveSandbox(std::get<SandboxMode>(GetParam()))) {
      GTEST_SKIP() << "skipped: this user cannot have such ids";
    }
    ASSERT_TRUE(WriteFile(lock_, "").ok());
    chmod(lock_.c_str(), 0666);
    ASSERT_NE(mkdtemp(scratch_.data()), nullptr);
  }
  void TearDown() override {
    const UniqueFd fd(open(scratch_.c_str(), O_RDONLY | O_DIRECTORY));
    if (fd.ok()) RemoveTree(fd.get());
    rmdir(scratch_.c_str());
  }

  // Starts a maker in a separate process, and waits until the command is ready.
  pid_t Start() {
    Pipe output = MakePipe().value();
    const pid_t pid = fork();
    if (pid == 0) {
      dup2(output.write.get(), STDOUT_FILENO);
      _exit(std::get<Maker>(GetParam()).make(Spec()));
    }
    output.write.Close();
    std::string text;
    char byte;
    while (!absl::StrContains(text, "ready") &&
           read(output.read.get(), &byte, 1) == 1) {
      text.push_back(byte);
    }
    EXPECT_EQ(text, "locked\nready");
    return pid;
  }

  SandboxSpec Spec() const {
    SandboxSpec spec = ProbeSpec(
        std::get<SandboxMode>(GetParam()),
        absl::StrCat("lock /lock ; ", std::get<Command>(GetParam()).commands,
                     "ready ; pause"));
    spec.view.mounts = {
        BindMount{.target = "/lock", .source = lock_, .read_only = false}};
    spec.rootfs.scratch_directory = scratch_;
    return spec;
  }

  // Sends the signal, again if it only asks the command to end, until the
  // process ends.
  static int End(pid_t pid, int number) {
    const bool again = std::get<Maker>(GetParam()).asks;
    const UniqueFd ended(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    pollfd ready = {ended.get(), POLLIN, 0};
    do {
      kill(pid, number);
    } while (poll(&ready, 1, again ? 20 : -1) == 0);
    return WaitForChild(pid);
  }

  // Waits until no process has the lock.
  bool NothingIsLeft() const {
    const UniqueFd fd(open(lock_.c_str(), O_RDWR));
    return flock(fd.get(), LOCK_EX) == 0;
  }

  std::string lock_ = absl::StrCat(testing::TempDir(), "/lock");
  std::string scratch_ = absl::StrCat(testing::TempDir(), "/scratchXXXXXX");
};

TEST_P(MakerDeathTest, LeavesNothing) {
  const int number = std::get<Signal>(GetParam()).number;
  const int status = End(Start(), number);
  EXPECT_TRUE(NothingIsLeft());
  if (number == SIGKILL) {
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
    return;
  }
  EXPECT_EQ(WEXITSTATUS(status), kEnded) << status;
  EXPECT_TRUE(std::filesystem::is_empty(scratch_));
}

INSTANTIATE_TEST_SUITE_P(
    Each, MakerDeathTest,
    testing::Combine(testing::Values(SandboxMode::kReal, SandboxMode::kMapped,
                                     SandboxMode::kEmulated),
                     testing::ValuesIn(kMakers), testing::ValuesIn(kCommands),
                     testing::ValuesIn(kSignals)),
    [](const auto& info) {
      return absl::StrCat(SandboxModeName(std::get<SandboxMode>(info.param)),
                          std::get<Maker>(info.param).name,
                          std::get<Command>(info.param).name,
                          std::get<Signal>(info.param).name);
    });

}  // namespace
}  // namespace rules_dockerfile
