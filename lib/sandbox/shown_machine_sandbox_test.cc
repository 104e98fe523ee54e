#include <sys/utsname.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "gtest/gtest.h"
#include "lib/sandbox/sandbox_testing.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// The clock and the machine that a command sees.
class ShownMachineTest : public ProbeSandboxTest {};

TEST_P(ShownMachineTest, ShowsAClockThatHardlyMoves) {
  SandboxSpec spec = ProbeSpec(GetParam(), "now ; write /f x ; mtime /f");
  spec.view.clock_start = 1000000000;
  EXPECT_EQ(Output(spec),
            "now 1000000000 1000000000 1000000000\n/f mtime 1000000000\n");
}

TEST_P(ShownMachineTest, ChildrenSeeTheRunningClock) {
  SandboxSpec spec =
      ProbeSpec(GetParam(), "user 1:1 ; spawn /bin/probe now ; ids");
  spec.view.clock_start = 0;
  EXPECT_EQ(Output(spec), "now 0 0 0\nuid 1 1 1 gid 1 1 1 groups 1\n");
}

TEST_P(ShownMachineTest, ShowsTheTimeOfItsClockOnAllFiles) {
  SandboxSpec spec = ProbeSpec(GetParam(), "mtime /new ; ctime /bin/probe");
  spec.view.clock_start = 1000000000;
  spec.command.cwd = "/new";
  EXPECT_EQ(Output(spec),
            "/new mtime 1000000000\n/bin/probe ctime 1000000000\n");
}

TEST_P(ShownMachineTest, ShowsTheGivenNumberOfProcessors) {
  for (const int processors : {1, 4, 64}) {
    SandboxSpec spec = ProbeSpec(
        GetParam(), "processors ; user 1:1 ; spawn /bin/probe processors");
    spec.view.clock_start = 1000000000;
    spec.view.processors = processors;
    const std::string line =
        absl::Substitute("processors $0 $0 $0 $0 $0 on 0 0\n", processors);
    EXPECT_EQ(Output(spec), absl::StrCat(line, line));
  }
}

TEST_P(ShownMachineTest, ShowsTheHostOtherwise) {
  EXPECT_EQ(
      Output("processors ; kernel").find("processors 64 64 64 64 64 on 0 0"),
      std::string::npos);
  utsname name;
  uname(&name);
  EXPECT_EQ(Output("kernel"),
            absl::StrCat("Linux buildkitsandbox ", name.release, " ",
                         name.version, "\n"));
}

TEST_P(ShownMachineTest, LetsACommandChooseAmongTheProcessorsThatItSees) {
  SandboxSpec spec =
      ProbeSpec(GetParam(),
                "processor 63 ; processor 0 ; affinity 1 8 ; affinity 0 128 ; "
                "affinity 0 7 ; affinity 0 0 ; affinity 12345 8 ; processors");
  spec.view.processors = 64;
  spec.view.clock_start = 0;
  EXPECT_EQ(Output(spec),
            "affinity in 8 bytes\naffinity in 8 bytes\n"
            "affinity 0 7: EINVAL\naffinity 0 0: EINVAL\n"
            "affinity 12345 8: ESRCH\nprocessors 64 64 64 64 64 on 0 0\n");
  spec = ProbeSpec(GetParam(), "processor 3 ; processor 4");
  spec.view.processors = 4;
  EXPECT_EQ(Output(spec), "sched_setaffinity 4: EINVAL\n");
}

TEST_P(ShownMachineTest, ShowsTheSameKernelAndMemoryEverywhere) {
  SandboxSpec spec =
      ProbeSpec(GetParam(),
                "kernel ; cat /proc/sys/kernel/osrelease ; cat /proc/version ; "
                "memory ; cat /proc/loadavg ; list /sys/devices/system/cpu ; "
                "list /sys/devices/system/node ; write /proc/cpuinfo x");
  spec.view.processors = 2;
  spec.view.clock_start = 0;
  EXPECT_EQ(Output(spec),
            absl::StrCat(
                "Linux buildkitsandbox 5.15.0 #1 SMP\n5.15.0\n"
                "Linux version 5.15.0 #1 SMP\n"
                "memory 4294967296 free 3221225472 pages 4294967296 uptime 1\n"
                "0.00 0.00 0.00 1/1 1\n"
                "/sys/devices/system/cpu: cpu0 cpu1 kernel_max offline online "
                "possible present\n",
                access("/sys/devices/system/node", F_OK) == 0
                    ? "/sys/devices/system/node:\n"
                    : "list /sys/devices/system/node: ENOENT\n",
                "write /proc/cpuinfo: EROFS\n"));
}

RULES_DOCKERFILE_IN_EACH_MODE(ShownMachineTest);

}  // namespace
}  // namespace rules_dockerfile
