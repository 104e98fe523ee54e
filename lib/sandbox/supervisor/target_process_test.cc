#include "lib/sandbox/supervisor/target_process.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/supervisor/call_receiver.h"
#include "lib/sandbox/supervisor/credentials.h"
#include "lib/sandbox/supervisor/known_directories.h"
#include "lib/sandbox/supervisor/known_processes.h"
#include "lib/sandbox/supervisor/owner_records.h"
#include "lib/sandbox/supervisor/permission_request.h"
#include "lib/sandbox/supervisor/permissions.h"
#include "lib/sandbox/supervisor/target_file.h"

namespace rules_dockerfile {
namespace {

constexpr pid_t kPid = 50;
// At the same address in all processes of the test.
char memory[16] = "maker";

uint64_t Address() { return reinterpret_cast<uintptr_t>(memory); }

// fork(), with a chosen number.
pid_t ForkAs(pid_t pid) {
  clone_args arguments = {};
  arguments.exit_signal = SIGCHLD;
  arguments.set_tid = reinterpret_cast<uintptr_t>(&pid);
  arguments.set_tid_size = 1;
  return static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
}

// Hands over getppid(2) of this process and its children.
int Supervise() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog filter = {.len = 4, .filter = program};
  return static_cast<int>(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                  SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter));
}

// The same of memory that was open before.
std::string LookAtMemory(const TargetProcess& target) {
  char text[sizeof memory];
  if (!target.Read(Address(), text, sizeof text)) strcpy(text, "nothing");
  return std::string("kept open, reads ") + text +
         (target.Write(Address(), "written", 8) ? ", writes\n"
                                                : ", writes not\n");
}

// What can be seen and done by the number, directly and as a TargetProcess.
std::string Look(const TargetProcess& target) {
  char text[sizeof memory] = "nothing";
  const iovec local = {text, sizeof text};
  const iovec remote = {memory, sizeof memory};
  process_vm_readv(kPid, &local, 1, &remote, 1, 0);
  std::string seen = std::string("by number ") + text;
  strcpy(text, "nothing");
  if (!target.Read(Address(), text, sizeof text)) strcpy(text, "nothing");
  seen += std::string(", reads ") + text;
  seen += target.Write(Address(), "written", 8) ? ", writes" : ", writes not";
  seen += target.ReadProcFile("status").empty() ? ", no status" : ", status";
  seen += target.Descriptor(0).has_value() ? ", fd" : ", no fd";
  seen +=
      target.Find(AT_FDCWD, ".", true, {}).has_value() ? ", cwd" : ", no cwd";
  seen += target.FindNew(AT_FDCWD, "new", NewName::kItself, {}).has_value()
              ? ", new"
              : ", no new";
  return seen + "\n";
}

// What has the descriptor 0 of a process: "file", "nothing" or another type.
std::string Standard(const TargetProcess& target) {
  const UniqueFd copy = target.CopyDescriptor(0);
  struct stat info;
  if (!copy.ok() || fstat(copy.get(), &info) < 0) return "nothing";
  return S_ISFIFO(info.st_mode) ? "pipe" : "file";
}

// The second process with the number calls, too, and is known by its pidfd when
// the first one, which is gone, is asked for.
std::string LookAtBoth(const TargetProcess& first, int listener) {
  seccomp_notif request = {};
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) < 0) {
    return std::string("no second call: ") + strerror(errno) + "\n";
  }
  const TargetProcess second(static_cast<pid_t>(request.pid), request.id,
                             first.handles());
  std::string seen = "second has " + Standard(second);
  seen += ", first has " + Standard(first);
  seen += ", second still has " + Standard(second) + "\n";
  seccomp_notif_resp response = {};
  response.id = request.id;
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
  return seen;
}

// In a new pid namespace, of which this is the first process.
std::string Experiment() {
  if (mount("proc", "/proc", "proc", 0, nullptr) < 0) {
    return std::string("no /proc: ") + strerror(errno) + "\n";
  }
  const UniqueFd proc(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const UniqueFd listener(Supervise());
  int ready[2], go[2];
  if (pipe(ready) < 0 || pipe(go) < 0) return "no pipe\n";
  const pid_t first = ForkAs(kPid);
  if (first == 0) {
    strcpy(memory, "target");
    syscall(SYS_getppid);
    _exit(0);
  }
  if (first != kPid) return std::string("no pid: ") + strerror(errno) + "\n";
  seccomp_notif request = {};
  if (ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_RECV, &request) < 0) {
    return std::string("no call: ") + strerror(errno) + "\n";
  }
  KnownDirectories directories;
  KnownProcesses processes;
  const TargetProcess target(static_cast<pid_t>(request.pid), request.id,
                             {.proc_fd = proc.get(),
                              .listener_fd = listener.get(),
                              .directories = &directories,
                              .processes = &processes});
  TargetProcess kept = target;
  kept.KeepMemoryOpen();
  std::string seen = Look(target);
  seen += LookAtMemory(kept);
  kill(kPid, SIGKILL);
  waitpid(kPid, nullptr, 0);
  if (ForkAs(kPid) == 0) {
    strcpy(memory, "stranger");
    dup2(go[0], 0);
    char byte = 'r';
    [[maybe_unused]] ssize_t ignored = write(ready[1], &byte, 1);
    ignored = read(go[0], &byte, 1);
    syscall(SYS_getppid);
    // Whether its memory is as it was.
    _exit(strcmp(memory, "stranger") == 0 ? 0 : 1);
  }
  char byte;
  if (read(ready[0], &byte, 1) != 1) return "no stranger\n";
  seen += Look(target);
  seen += LookAtMemory(kept);
  if (write(go[1], &byte, 1) != 1) return "no end\n";
  seen += LookAtBoth(target, listener.get());
  int status = -1;
  if (waitpid(kPid, &status, 0) != kPid) return "no end\n";
  return seen + (status == 0 ? "unchanged\n" : "changed\n");
}

void WriteLine(const char* path, const std::string& line) {
  std::ofstream(path) << line;
}

// Runs Experiment() in new namespaces.
std::string RunExperiment() {
  int result[2];
  if (pipe(result) < 0) return "no pipe\n";
  const uid_t uid = getuid();
  const gid_t gid = getgid();
  const pid_t pid = fork();
  if (pid == 0) {
    std::string text;
    if (unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS) < 0) {
      text = std::string("no namespaces: ") + strerror(errno) + "\n";
    } else {
      WriteLine("/proc/self/setgroups", "deny");
      WriteLine("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1");
      WriteLine("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1");
      mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
      const pid_t inner = fork();
      if (inner == 0) text = Experiment();
      if (inner != 0) {
        waitpid(inner, nullptr, 0);
        _exit(0);
      }
    }
    [[maybe_unused]] const ssize_t ignored =
        write(result[1], text.data(), text.size());
    _exit(0);
  }
  close(result[1]);
  std::string text;
  char buffer[512];
  ssize_t got;
  while ((got = read(result[0], buffer, sizeof buffer)) > 0) {
    text.append(buffer, static_cast<size_t>(got));
  }
  close(result[0]);
  waitpid(pid, nullptr, 0);
  return text;
}

// The number of a process that was killed is soon another's.
TEST(TargetProcess, TakesNoOtherProcessForTheOneThatWaits) {
  const std::string seen = RunExperiment();
  if (seen.starts_with("no ")) GTEST_SKIP() << "skipped: " << seen;
  EXPECT_EQ(seen,
            "by number target, reads target, writes, status, fd, cwd, new\n"
            "kept open, reads written, writes\n"
            "by number stranger, reads nothing, writes not, no status, no fd, "
            "no cwd, no new\n"
            "kept open, reads nothing, writes not\n"
            "second has pipe, first has nothing, second still has pipe\n"
            "unchanged\n");
}

// Hands over getppid(2) of four processes, each of which calls it 500 times, as
// soon as `go` is readable. Exits with 0 if each call returned 7.
[[noreturn]] void CallFromFourProcesses(int listener_out, int go) {
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const int listener = Supervise();
  char byte;
  if (write(listener_out, &listener, sizeof listener) < 0 ||
      read(go, &byte, 1) != 1) {
    _exit(2);
  }
  for (int i = 0; i < 4; ++i) {
    if (fork() != 0) continue;
    for (int call = 0; call < 500; ++call) {
      if (syscall(SYS_getppid) != 7) _exit(1);
    }
    _exit(0);
  }
  bool failed = false;
  for (int status; wait(&status) > 0;) failed = failed || status != 0;
  _exit(failed ? 1 : 0);
}

// Answers 7; returns how many calls.
int AnswerAll(int listener, CallReceiver& receiver,
              std::optional<seccomp_notif> (CallReceiver::*receive)()) {
  int answered = 0;
  while (const auto request = (receiver.*receive)()) {
    seccomp_notif_resp response = {};
    response.id = request->id;
    response.val = 7;
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0) ++answered;
  }
  return answered;
}

TEST(CallReceiver, GivesEachCallToOneThreadAndEndsBoth) {
  int listener_pipe[2], go[2];
  ASSERT_EQ(pipe(listener_pipe), 0);
  ASSERT_EQ(pipe(go), 0);
  const pid_t caller = fork();
  if (caller == 0) CallFromFourProcesses(listener_pipe[1], go[0]);
  int number = -1;
  ASSERT_GT(read(listener_pipe[0], &number, sizeof number), 0);
  const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, caller, 0)));
  const UniqueFd listener(
      static_cast<int>(syscall(SYS_pidfd_getfd, process.get(), number, 0)));
  if (!listener.ok()) {
    const int error = errno;
    kill(caller, SIGKILL);
    waitpid(caller, nullptr, 0);
    GTEST_SKIP() << "skipped: no listener " << number << ": "
                 << strerror(error);
  }
  CallReceiver receiver(listener.get());
  int helped = 0;
  std::thread helper([&] {
    helped = AnswerAll(listener.get(), receiver, &CallReceiver::Help);
  });
  EXPECT_EQ(write(go[1], "g", 1), 1);
  const int served =
      AnswerAll(listener.get(), receiver, &CallReceiver::Receive);
  helper.join();
  EXPECT_EQ(served + helped, 2000) << helped << " by the helper";
  int status = -1;
  EXPECT_EQ(waitpid(caller, &status, 0), caller);
  EXPECT_EQ(status, 0);
}

class LookedAtTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(mkdtemp(root_.data()), nullptr);
    Make("file", 0644);
    directory_ = TargetFile::Take(
        UniqueFd(open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), -1);
    ASSERT_TRUE(directory_.has_value());
  }

  std::string Path(const std::string& name) const { return root_ + "/" + name; }
  void Make(const std::string& name, mode_t mode) const {
    std::ofstream(Path(name)) << name;
    ASSERT_EQ(chmod(Path(name).c_str(), mode), 0);
  }
  TargetFile LookAt(const std::string& name) const {
    return *TargetFile::LookAt(*directory_, name);
  }

  std::string root_ = testing::TempDir() + "/looked_at.XXXXXX";
  std::optional<TargetFile> directory_;
};

TEST_F(LookedAtTest, HasTheModeOfTheFile) {
  const TargetFile file = LookAt("file");
  EXPECT_EQ(file.info().st_mode, mode_t{S_IFREG | 0644});
  const std::optional<TargetFile> held = file.Hold();
  ASSERT_TRUE(held.has_value());
  EXPECT_EQ(held->info().st_ino, file.info().st_ino);
}

TEST_F(LookedAtTest, HoldsWhatHasItsNameByNow) {
  const TargetFile file = LookAt("file");
  Make("other", 0600);
  ASSERT_EQ(rename(Path("other").c_str(), Path("file").c_str()), 0);
  const std::optional<TargetFile> held = file.Hold();
  ASSERT_TRUE(held.has_value());
  EXPECT_EQ(held->info().st_mode, mode_t{S_IFREG | 0600});
  EXPECT_NE(held->info().st_ino, file.info().st_ino);
}

TEST_F(LookedAtTest, HoldsNothingThatIsGone) {
  const TargetFile file = LookAt("file");
  ASSERT_EQ(unlink(Path("file").c_str()), 0);
  EXPECT_FALSE(file.Hold().has_value());
}

// Between the look of the supervisor and its check.
TEST_F(LookedAtTest, IsPermittedWhatIsGoneAndRefusedWhatCameInItsPlace) {
  OwnerRecords owners;
  ProcessCredentials user;
  user.SetResgid(1000, 1000, 1000);
  user.SetResuid(1000, 1000, 1000);
  Make("file", 0600);
  const TargetFile file = LookAt("file");
  EXPECT_FALSE(Allows(AccessTo(file, user, owners), user, kToRead));
  ASSERT_EQ(unlink(Path("file").c_str()), 0);
  EXPECT_TRUE(Allows(AccessTo(file, user, owners), user, kToRead | kToWrite));
  EXPECT_TRUE(Owns(AccessTo(file, user, owners), user));
  Make("file", 0640);
  EXPECT_FALSE(Allows(AccessTo(file, user, owners), user, kToRead));
  EXPECT_FALSE(Owns(AccessTo(file, user, owners), user));
}

TEST_F(LookedAtTest, HoldsDirectoriesAndLinks) {
  ASSERT_EQ(mkdir(Path("directory").c_str(), 0700), 0);
  ASSERT_EQ(symlink("file", Path("link").c_str()), 0);
  for (const char* name : {"directory", "link"}) {
    EXPECT_GE(LookAt(name).fd(), 0) << name;
  }
}

}  // namespace
}  // namespace rules_dockerfile
