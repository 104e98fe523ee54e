#include "lib/sandbox/sandbox.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/sandbox_testing.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;

class SandboxTest : public ProbeSandboxTest {};

TEST_P(SandboxTest, IsPidOneOfRootInTheRootDirectory) {
  EXPECT_EQ(Output("pid ; ids ; cwd ; host ; stdin"),
            "pid 1\nuid 0 0 0 gid 0 0 0 groups 0\ncwd /\n"
            "host buildkitsandbox\nstdin 0\n");
}

TEST_P(SandboxTest, SeesNothingOfWhatEndsIt) {
  EXPECT_EQ(Output("maker ; list /proc/1/task"),
            "death signal 0 parent 0\n/proc/1/task: 1\n");
}

TEST_P(SandboxTest, HasTheEnvironmentOfTheSpecAlone) {
  EXPECT_EQ(Output("env"), "PATH=/usr/bin:/bin\nA=1\n");
}

TEST_P(SandboxTest, HasTheCapabilitiesOfAContainer) {
  EXPECT_EQ(Output("status CapEff ; status CapPrm ; status CapBnd ; "
                   "status CapInh ; status CapAmb ; status NoNewPrivs ; "
                   "status Seccomp ; status Umask"),
            "CapEff 00000000a80425fb\nCapPrm 00000000a80425fb\n"
            "CapBnd 00000000a80425fb\nCapInh 0000000000000000\n"
            "CapAmb 0000000000000000\nNoNewPrivs 0\nSeccomp 2\nUmask 0022\n");
}

TEST_P(SandboxTest, HasTheDevicesOfAContainer) {
  EXPECT_EQ(Output("list /dev ; stat /dev/null ; stat /dev/shm ; list /etc ; "
                   "cat /etc/hosts ; cat /etc/resolv.conf"),
            "/dev: fd full mqueue null ptmx pts random shm stderr stdin "
            "stdout tty urandom zero\n"
            "/dev/null c0666 0:0 1,3\n"
            "/dev/shm d1777 0:0\n"
            "/etc: hosts resolv.conf\n"
            "127.0.0.1\tlocalhost buildkitsandbox\n"
            "::1\tlocalhost ip6-localhost ip6-loopback\n");
}

// The nodes are the inodes of the host.
TEST_P(SandboxTest, ChangesNoDeviceOfTheHost) {
  EXPECT_EQ(Output("chmod 660 /dev/null ; touch 7 /dev/zero ; "
                   "chmod 444 /proc/keys ; append /dev/null"),
            "chmod /dev/null: EROFS\ntouch /dev/zero: EROFS\n"
            "chmod /proc/keys: EROFS\n");
  struct stat null;
  struct stat zero;
  ASSERT_EQ(stat("/dev/null", &null), 0);
  ASSERT_EQ(stat("/dev/zero", &zero), 0);
  EXPECT_EQ(null.st_mode, static_cast<mode_t>(S_IFCHR | 0666));
  EXPECT_NE(zero.st_mtime, 7);
}

TEST_P(SandboxTest, KeepsOwnersThatItSets) {
  EXPECT_EQ(Output("write /f text ; chown 33:44 /f ; stat /f ; "
                   "mkdir /d ; chown 1000:1000 /d ; stat /d ; "
                   "symlink f /l ; chown 5:6 /l ; stat /l ; "
                   "mknod c /null 1 3 ; stat /null ; "
                   "mknod p /fifo ; chown 7:8 /fifo ; stat /fifo"),
            "/f -0644 33:44\n/d d0755 1000:1000\n/l l0777 5:6\n"
            "/null c0644 0:0 1,3\n/fifo p0644 7:8\n");
}

TEST_P(SandboxTest, NewFilesBelongToTheUserThatCreatesThem) {
  EXPECT_EQ(Output("mkdir /home ; chown 1000:100 /home ; user 1000:100 ; ids ; "
                   "write /home/f text ; stat /home/f ; mkdir /home/d ; "
                   "stat /home/d ; symlink f /home/l ; stat /home/l ; "
                   "mknod p /home/p ; stat /home/p ; user 0:0"),
            "uid 1000 1000 1000 gid 100 100 100 groups 100\n"
            "/home/f -0644 1000:100\n/home/d d0755 1000:100\n"
            "/home/l l0777 1000:100\n/home/p p0644 1000:100\n"
            "setgroups: EPERM\nsetgid: EPERM\nsetuid: EPERM\n");
}

TEST_P(SandboxTest, FilesInASetgidDirectoryBelongToItsGroup) {
  EXPECT_EQ(Output("mkdir /mail ; chown 0:8 /mail ; chmod 2775 /mail ; "
                   "write /mail/f text ; stat /mail/f ; mkdir /mail/d ; "
                   "stat /mail/d"),
            "/mail/f -0644 0:8\n/mail/d d2755 0:8\n");
}

TEST_P(SandboxTest, ChownClearsSetuidBits) {
  EXPECT_EQ(Output("cp /bin/probe /s ; chmod 4755 /s ; stat /s ; "
                   "chown 1:1 /s ; stat /s"),
            "/s -4755 0:0\n/s -0755 1:1\n");
}

TEST_P(SandboxTest, RunsSetuidPrograms) {
  EXPECT_EQ(Output("cp /bin/probe /s ; chown 33:33 /s ; chmod 4755 /s ; "
                   "user 1000:1000 ; spawn /s ids"),
            "uid 1000 33 33 gid 1000 1000 1000 groups 1000\n");
}

TEST_P(SandboxTest, RunsAsTheUserOfTheSpec) {
  SandboxSpec spec = ProbeSpec(GetParam(), "ids ; stat /home/app ; cwd");
  spec.command.user = {
      .uid = 1000, .gid = 100, .groups = {100, 999}, .home = "/"};
  spec.command.cwd = "/home/app";
  EXPECT_EQ(Output(spec),
            "uid 1000 1000 1000 gid 100 100 100 groups 100 999\n"
            "/home/app d0755 1000:100\ncwd /home/app\n");
}

TEST_P(SandboxTest, FollowsLinksInAnotherRootDirectory) {
  EXPECT_EQ(Output("mkdir /c ; mkdir /c/etc ; chmod 777 /c/etc ; "
                   "symlink /etc /c/link ; chroot /c ; user 7:8 ; "
                   "write /link/new x ; stat /link/new ; stat /etc/new ; "
                   "write etc/other x ; stat etc/other ; list /etc"),
            "/link/new -0644 7:8\n/etc/new -0644 7:8\n"
            "etc/other -0644 7:8\n/etc: new other\n");
}

TEST_P(SandboxTest, ShowsThePeerOfASocket) {
  EXPECT_EQ(Output("user 1000:100 ; peer"), "peer 1000:100 pid mine\n");
}

TEST_P(SandboxTest, DeniesNamespacesAndMounts) {
  EXPECT_EQ(Output("unshare ; mount"), "unshare: EPERM\nmount: EPERM\n");
}

TEST_P(SandboxTest, HasALoopbackDeviceAndNothingElse) {
  EXPECT_EQ(Output("interfaces"), "interfaces lo=up\n");
}

TEST_P(SandboxTest, HidesTheHost) {
  EXPECT_EQ(Output("write /proc/sys/kernel/hostname x ; cat /proc/keys ; "
                   "cat /proc/timer_list ; list /sys/firmware ; mkdir /sys/x"),
            "write /proc/sys/kernel/hostname: EROFS\n/sys/firmware:\n"
            "mkdir /sys/x: EROFS\n");
}

TEST_P(SandboxTest, HasFixedLimits) {
  EXPECT_EQ(Output("limits"),
            "limits core=0 nofile=1024 stack=8388608 locks=-1\n");
}

TEST_P(SandboxTest, EndsWithPidOne) {
  EXPECT_EQ(Output("daemon ; daemon ; pid"), "pid 1\n");
}

TEST_P(SandboxTest, ReportsExitCodeAndSignal) {
  EXPECT_EQ(Output("exit 42"), "exit code 42");
  EXPECT_EQ(Output("kill 11"), "signal 11");
}

TEST_P(SandboxTest, PassesOnTheBeginningAndTheEndOfMuchOutput) {
  const std::string output = Output("write_mebibytes /dev/stdout 20 ; pid");
  const std::string expected =
      absl::StrCat(std::string(15 << 20, 'x'), "\n[5238790 bytes left out]\n",
                   std::string(4090, 'x'), "pid 1\n");
  EXPECT_EQ(output.size(), expected.size());
  EXPECT_TRUE(output == expected) << output.substr(15 << 20, 100);
}

TEST_P(SandboxTest, SaysWhyTheCommandDidNotStart) {
  SandboxSpec spec = ProbeSpec(GetParam(), "");
  spec.command.argv = {"nosuch"};
  EXPECT_EQ(Output(spec),
            "exec: \"nosuch\": executable file not found in $PATH");
  spec.command.argv = {"/nosuch"};
  EXPECT_EQ(Output(spec),
            "exec: \"/nosuch\": stat /nosuch: no such file or directory");
  spec.command.argv = {"/etc/hosts"};
  EXPECT_EQ(Output(spec), "exec: \"/etc/hosts\": permission denied");
}

TEST_P(SandboxTest, ClosesWhatItsProcessDoesNotInherit) {
  // Where nothing else is opened.
  const UniqueFd fd(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 500));
  ASSERT_TRUE(fd.ok());
  SandboxSpec spec = ProbeSpec(GetParam(), "pid");
  spec.collect.function =
      [&fd](const SandboxFiles&) -> absl::StatusOr<std::string> {
    return fcntl(fd.get(), F_GETFD) < 0 ? "closed" : "open";
  };
  for (const char* expected : {"open", "closed"}) {
    const absl::StatusOr<SandboxResult> result = RunInSandbox(spec);
    ASSERT_THAT(result, IsOk());
    EXPECT_EQ(result->collected, expected);
    spec.rootfs.not_inherited = {fd.get()};
  }
}

TEST_P(SandboxTest, SearchesThePathOfItsEnvironment) {
  SandboxSpec spec = ProbeSpec(GetParam(), "pid");
  spec.command.argv[0] = "probe";
  EXPECT_EQ(Output(spec), "pid 1\n");
}

TEST_P(SandboxTest, ShowsMounts) {
  const std::string source = absl::StrCat(testing::TempDir(), "/bound");
  ASSERT_THAT(WriteFile(source, "bound"), absl_testing::IsOk());
  SandboxSpec spec = ProbeSpec(
      GetParam(),
      "cat /a/b/file ; write /a/b/file x ; stat /run/secrets/key ; "
      "cat /run/secrets/key ; list /cache ; write /cache/x y ; list /cache ; "
      "cat /dev/pipes/EOF");
  spec.view.mounts = {
      BindMount{.target = "/a/b/file", .source = source},
      FileMount{.target = "/run/secrets/key",
                .contents = "secret",
                .mode = 0400,
                .uid = 5,
                .gid = 6},
      TmpfsMount{.target = "/cache"},
      FileMount{
          .target = "/dev/pipes/EOF", .contents = "script", .mode = 0755}};
  EXPECT_EQ(Output(spec),
            "boundwrite /a/b/file: EROFS\n/run/secrets/key -0400 5:6\n"
            "secret/cache:\n/cache: x\nscript");
}

// With emulated ids the kernel sees root: docs/sandbox.md.
TEST_P(SandboxTest, ShowsTheIdsOfTheKernelInProc) {
  EXPECT_EQ(Output("user 1000:1000 ; status Uid"),
            GetParam() == SandboxMode::kEmulated
                ? "Uid 0\t0\t0\t0\n"
                : "Uid 1000\t1000\t1000\t1000\n");
}

TEST(RealSandbox, OpensNoDeviceThatTheCommandCreates) {
  if (!CanHaveSandbox(SandboxMode::kReal)) {
    GTEST_SKIP() << "skipped: not root with all ids";
  }
  testing::internal::CaptureStdout();
  const absl::StatusOr<SandboxResult> result = RunInSandbox(ProbeSpec(
      SandboxMode::kReal,
      "mknod c /mem 1 1 ; append /mem ; mknod b /dev/disk 7 0 ; "
      "append /dev/disk ; mknod c /dev/shm/mem 1 1 ; append /dev/shm/mem ; "
      "append /dev/null"));
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "append /mem: EACCES\nappend /dev/disk: EACCES\n"
            "append /dev/shm/mem: EACCES\n");
  EXPECT_THAT(result.status(), absl_testing::IsOk());
}

// A sandbox in a separate process, whose command holds a lock on a file.
class LockedSandbox {
 public:
  explicit LockedSandbox(SandboxMode mode)
      : path_(absl::StrCat(testing::TempDir(), "/lock")) {
    SandboxSpec spec = ProbeSpec(mode, "lock /lock ; daemon ; pause");
    spec.view.mounts = {
        BindMount{.target = "/lock", .source = path_, .read_only = false}};
    EXPECT_THAT(WriteFile(path_, ""), absl_testing::IsOk());
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      close(ends[0]);
      close(ends[1]);
      const absl::StatusOr<SandboxResult> result = RunInSandbox(spec);
      _exit(static_cast<int>(result.status().code()));
    }
    close(ends[1]);
    char byte;
    EXPECT_EQ(read(ends[0], &byte, 1), 1);  // "locked"
    close(ends[0]);
  }

  // Returns the status of waitpid(2).
  int Kill(int signal) {
    kill(pid_, signal);
    int status = 0;
    waitpid(pid_, &status, 0);
    return status;
  }

  // Returns when no process has the lock.
  bool WaitForTheLock() {
    const UniqueFd fd(open(path_.c_str(), O_RDWR));
    return flock(fd.get(), LOCK_EX) == 0;
  }

 private:
  std::string path_;
  pid_t pid_;
};

TEST_P(SandboxTest, EndsWhenItsMakerIsKilled) {
  LockedSandbox sandbox(GetParam());
  EXPECT_EQ(WTERMSIG(sandbox.Kill(SIGKILL)), SIGKILL);
  EXPECT_TRUE(sandbox.WaitForTheLock());
}

TEST_P(SandboxTest, EndsInOrderWhenItsMakerIsInterrupted) {
  for (const int signal : {SIGINT, SIGTERM}) {
    LockedSandbox sandbox(GetParam());
    EXPECT_EQ(WEXITSTATUS(sandbox.Kill(signal)),
              static_cast<int>(absl::StatusCode::kCancelled));
    EXPECT_TRUE(sandbox.WaitForTheLock());
  }
}

RULES_DOCKERFILE_IN_EACH_MODE(SandboxTest);

}  // namespace
}  // namespace rules_dockerfile
