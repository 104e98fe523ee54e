#include "lib/process/child_process.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::testing::ElementsAre;

[[noreturn]] void Stay() {
  while (true) pause();
}

// A child that any process may trace.
pid_t ForkTraceable() {
  const Pipe ready = *MakePipe();
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    WriteAll(ready.write.get(), "1");
    Stay();
  }
  char byte = 0;
  EXPECT_EQ(read(ready.read.get(), &byte, 1), 1);
  return child;
}

// A child that traces `other`; 0 if it must not.
pid_t ForkTracer(pid_t other) {
  const Pipe ready = *MakePipe();
  const pid_t child = fork();
  if (child == 0) {
    const bool traces = ptrace(PTRACE_SEIZE, other, nullptr, nullptr) == 0;
    WriteAll(ready.write.get(), traces ? "1" : "0");
    Stay();
  }
  char byte = 0;
  EXPECT_EQ(read(ready.read.get(), &byte, 1), 1);
  if (byte == '1') return child;
  EXPECT_TRUE(KillChildren(absl::Minutes(1)));
  return 0;
}

TEST(KillChildren, SparesAndEndsOthers) {
  const pid_t spared = fork();
  if (spared == 0) Stay();
  for (int i = 0; i < 3; ++i) {
    if (fork() == 0) Stay();
  }
  EXPECT_TRUE(KillChildren(absl::Minutes(1), {spared}));
  EXPECT_THAT(ChildProcesses(), ElementsAre(spared));
  EXPECT_EQ(waitpid(spared, nullptr, WNOHANG), 0);
  EXPECT_TRUE(KillChildren(absl::Minutes(1)));
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

// One that has ended is its parent's only when its tracer lets it go: the
// order of the children does not matter.
TEST(KillChildren, EndsOneAndItsTracer) {
  const pid_t child = ForkTraceable();
  if (ForkTracer(child) == 0) GTEST_SKIP() << "skipped: no ptrace(2) here";
  EXPECT_TRUE(KillChildren(absl::Minutes(1)));
  EXPECT_THAT(ChildProcesses(), ElementsAre());
}

TEST(KillChildren, DoesNotWaitForOneThatDoesNotEnd) {
  const pid_t child = ForkTraceable();
  const pid_t tracer = ForkTracer(child);
  if (tracer == 0) GTEST_SKIP() << "skipped: no ptrace(2) here";
  EXPECT_FALSE(KillChildren(absl::Milliseconds(50), {tracer}));
  EXPECT_THAT(ChildProcesses(), ElementsAre(child, tracer));
  EXPECT_TRUE(KillChildren(absl::Minutes(1)));
  EXPECT_THAT(ChildProcesses(), ElementsAre());
}

}  // namespace
}  // namespace rules_dockerfile
