#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/run/run_layer_testing.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

// RUNs by chroot alone: SandboxMode::kChroot.
class WeakIsolationTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!CanHaveSandbox(SandboxMode::kChroot)) {
      GTEST_SKIP() << "skipped: not root with all ids";
    }
    run_.options.network = SandboxNetwork::kHost;
  }
  std::string Output(absl::string_view flags, absl::string_view commands) {
    return run_.Output(flags, commands, SandboxMode::kChroot);
  }

  TestRun run_;
};

// Takes from this process what Docker's default settings take from root: the
// system calls that make namespaces, and CAP_SYS_ADMIN.
void BecomeRootOfAContainer() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog filter = {.len = 4, .filter = program};
  ASSERT_EQ(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), 0);
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  ASSERT_EQ(syscall(SYS_capget, &header, data), 0);
  data[0].effective &= ~(uint32_t{1} << CAP_SYS_ADMIN);
  data[0].permitted &= ~(uint32_t{1} << CAP_SYS_ADMIN);
  ASSERT_EQ(syscall(SYS_capset, &header, data), 0);
}

TEST_F(WeakIsolationTest, RunsAsRootOfAContainerWithoutNamespacesIfAllowed) {
  const pid_t child = fork();
  if (child == 0) {
    BecomeRootOfAContainer();
    EXPECT_THAT(run_.Run(std::nullopt, "write /new text"),
                StatusIs(absl::StatusCode::kPermissionDenied,
                         AllOf(HasSubstr("(unshare: Operation not permitted)"),
                               HasSubstr("weak_isolation"))));
    run_.options.weak_isolation = true;
    EXPECT_THAT(run_.Run(std::nullopt, "chown 33:44 /d ; mknod c /c 1 3"),
                IsOk());
    _exit(HasFailure() ? 1 : 0);
  }
  EXPECT_EQ(WaitForChild(child), 0);
  EXPECT_EQ(run_.Entries(), "c 1,3 0644, d/ 0755 33:44");
}

TEST_F(WeakIsolationTest, IsWarnedOfBeforeTheCommandStarts) {
  run_.options.warn = [](absl::string_view warning) {
    std::cout << warning << "\n" << std::flush;
  };
  EXPECT_EQ(
      Output("", "cwd"),
      "warning: this RUN is isolated by chroot only (as asked): it shares the "
      "host's processes and network and runs as root\ncwd /\n");
  EXPECT_THAT(run_.notes, testing::IsEmpty());
}

TEST_F(WeakIsolationTest, IsNotedIfNoOneIsWarned) {
  EXPECT_EQ(Output("", "cwd"), "cwd /\n");
  EXPECT_THAT(run_.notes, testing::ElementsAre(
                              "warning: this RUN is isolated by chroot only "
                              "(as asked): it shares the "
                              "host's processes and network and runs as root"));
}

TEST_F(WeakIsolationTest, HasDevicesAndHostsThatLeaveNothing) {
  EXPECT_EQ(Output("",
                   "list /dev ; cat /etc/hosts ; cwd ; list /proc ; "
                   "write /dev/null x ; write /dev/shm/x y"),
            "/dev: fd full null ptmx pts random shm stderr stdin stdout tty "
            "urandom zero\n"
            "127.0.0.1\tlocalhost buildkitsandbox\n"
            "::1\tlocalhost ip6-localhost ip6-loopback\n"
            "cwd /\n/proc:\n");
  EXPECT_EQ(run_.Entries(), "");
}

TEST_F(WeakIsolationTest, HasMountsThatAreCopiesAndLeaveNothing) {
  run_.Write("context-file", "text");
  run_.options.mounts.context.files = {{"dir/a", run_.Path("context-file")}};
  run_.Write("token", "hush");
  run_.options.host_access.secrets["key"] = run_.Path("token");
  EXPECT_EQ(Output("--mount=target=/d --mount=target=/opt/x,source=dir/a "
                   "--mount=type=secret,id=key --mount=type=tmpfs,target=/t "
                   "--mount=type=cache,target=/c,uid=5,mode=0750",
                   "list /d ; write /d/dir/a x ; cat /opt/x ; "
                   "cat /run/secrets/key ; stat /run/secrets/key ; stat /t ; "
                   "stat /c ; write /c/x y"),
            "/d: dir\ntexthush/run/secrets/key -0400 0:0\n/t d1777 0:0\n"
            "/c d0750 5:0\n");
  EXPECT_EQ(run_.Entries(), "");
  EXPECT_EQ(ReadFile(run_.Path("context-file")).value(), "text");
}

// RUN rm -rf /etc; ln -s /outside /etc
TEST_F(WeakIsolationTest, RemovesNothingOfTheHostThroughALinkOfTheCommand) {
  const std::string outside = run_.Path("outside");
  std::filesystem::create_directories(absl::StrCat(outside, "/d"));
  for (const char* name : {"hosts", "resolv.conf", "d/keep"}) {
    ASSERT_THAT(WriteFile(absl::StrCat(outside, "/", name), "mine"), IsOk());
  }
  EXPECT_EQ(Output("", absl::StrCat("rm /etc ; symlink ", outside, " /etc")),
            "");
  EXPECT_EQ(run_.Entries(), absl::StrCat("etc -> ", outside));
  EXPECT_EQ(Output("--mount=type=tmpfs,target=/a/d",
                   absl::StrCat("rm /a ; symlink ", outside, " /a")),
            "");
  EXPECT_EQ(run_.Entries(), absl::StrCat("a -> ", outside));
  for (const char* name : {"hosts", "resolv.conf", "d/keep"}) {
    EXPECT_EQ(ReadFile(absl::StrCat(outside, "/", name)).value_or("gone"),
              "mine");
  }
}

TEST_F(WeakIsolationTest, EntersNoDirectoryOfTheHost) {
  run_.SetStage("/proc/self/fd/7");
  EXPECT_EQ(Output("", "cwd"),
            "cannot enter the working directory \"/proc/self/fd/7\": No such "
            "file or directory");
}

TEST_F(WeakIsolationTest, RefusesAnImageWhoseProcIsALink) {
  run_.UseBareBase();
  run_.AddLink("proc", "realproc");
  EXPECT_EQ(Output("", "ids"),
            "\"/proc\" of the image: expected a directory, got a symbolic "
            "link\nhint: remove it: a RUN and a container mount their own");
}

// The processes whose program is in `directory`.
int ProcessesOf(const std::string& directory) {
  int number = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::error_code error;
    const std::string program =
        std::filesystem::read_symlink(entry.path() / "exe", error).string();
    if (absl::StartsWith(program, directory)) ++number;
  }
  return number;
}

TEST_F(WeakIsolationTest, EndsWhatTheCommandLeavesBehind) {
  EXPECT_EQ(Output("", "daemon ; daemon"), "");
  EXPECT_EQ(ProcessesOf(run_.Path("layer.tar.root")), 0);
}

TEST_F(WeakIsolationTest, EndsWhatTheCommandLeavesBehindWhenTheToolIsKilled) {
  for (const int number : {SIGTERM, SIGKILL}) {
    Pipe output = MakePipe().value();
    const pid_t tool = fork();
    if (tool == 0) {
      dup2(output.write.get(), STDOUT_FILENO);
      run_.Run(SandboxMode::kChroot,
               "write /new x ; lock /new ; session ; user 33:44 ; session ; "
               "ready ; pause")
          .IgnoreError();
      _exit(0);
    }
    output.write.Close();
    char text[sizeof "locked\nready"] = {};
    for (char* next = text; next < text + sizeof text - 1; ++next) {
      ASSERT_EQ(read(output.read.get(), next, 1), 1);
    }
    EXPECT_STREQ(text, "locked\nready");
    const std::string root = run_.Path("layer.tar.root");
    const UniqueFd file(
        open(absl::StrCat(root, "/lower/new").c_str(), O_RDWR | O_CLOEXEC));
    kill(tool, number);
    WaitForChild(tool);
    EXPECT_EQ(flock(file.get(), LOCK_EX), 0);  // when no process has it
    EXPECT_EQ(std::filesystem::exists(root), number == SIGKILL);
  }
  // What it left does not stop the next.
  EXPECT_EQ(Output("", "cwd"), "cwd /\n");
  EXPECT_FALSE(std::filesystem::exists(run_.Path("layer.tar.root")));
}

TEST_F(WeakIsolationTest, HasTheHostsNetworkAndTheRealClock) {
  run_.options.network = SandboxNetwork::kNone;
  run_.options.clock = RunClock::kReal;
  EXPECT_EQ(Output("", "ids"),
            "isolation by chroot only requires the host's network (network = "
            "\"host\")");
  run_.options.network = SandboxNetwork::kHost;
  run_.options.clock = RunClock::kFake;
  EXPECT_EQ(Output("", "ids"),
            "isolation by chroot only requires the real clock");
}

TEST_F(WeakIsolationTest, MountsNothingOfTheHost) {
  run_.Write("socket", "");
  run_.options.host_access.ssh["default"] = run_.Path("socket");
  EXPECT_EQ(Output("--mount=type=ssh", "ids"),
            "isolation by chroot only does not support host mounts: "
            "\"/run/buildkit/ssh_agent.0\"");
}

}  // namespace
}  // namespace rules_dockerfile
