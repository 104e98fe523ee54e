#include "lib/sandbox/seccomp/seccomp_program.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdint>
#include <ostream>
#include <vector>

#include "gtest/gtest.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/seccomp/seccomp_interpreter.h"
#include "lib/sandbox/seccomp/syscall_policy.h"

namespace rules_dockerfile {
namespace {

constexpr uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr uint32_t kAsk = SECCOMP_RET_USER_NOTIF;
constexpr uint32_t Error(int error) { return SECCOMP_RET_ERRNO | error; }

struct PolicyCase {
  const char* name;
  int number;
  std::vector<uint64_t> arguments;
  // With nothing, the owners, the clock and last the shown machine supervised.
  uint32_t plain = kAllow;
  uint32_t owners = kAllow;
  uint32_t clock = kAllow;
  uint32_t architecture = NativeArchitecture();
  uint32_t machine = kAllow;
};

void PrintTo(const PolicyCase& test, std::ostream* out) { *out << test.name; }

class SyscallPolicyTest : public testing::TestWithParam<PolicyCase> {};

uint32_t Answer(const PolicyCase& test, const SyscallPolicyOptions& options) {
  seccomp_data data = {};
  data.nr = test.number;
  data.arch = test.architecture;
  for (size_t i = 0; i < test.arguments.size(); ++i) {
    data.args[i] = test.arguments[i];
  }
  return InterpretSeccompProgram(CompileSeccompProgram(SyscallPolicy(options)),
                                 data);
}

TEST_P(SyscallPolicyTest, Decides) {
  const PolicyCase& test = GetParam();
  EXPECT_EQ(Answer(test, {}), test.plain);
  EXPECT_EQ(Answer(test, {.owners = OwnerStore::kRecorded}), test.owners);
  EXPECT_EQ(Answer(test, {.supervise_clock = true}), test.clock);
  // What is denied always is not told again.
  EXPECT_EQ(Answer(test, {.supervise_machine = true}),
            test.machine == kAllow ? test.plain : test.machine);
}

TEST(MappedPolicyTest, AsksForDevicesAloneWithMappedIds) {
  const auto answer = [](int number) {
    return Answer({.name = "", .number = number, .arguments = {}},
                  {.owners = OwnerStore::kMapped});
  };
  EXPECT_EQ(answer(SYS_mknodat), kAsk);
  EXPECT_EQ(answer(SYS_fsetxattr), kAsk);
  EXPECT_EQ(answer(SYS_lremovexattr), kAsk);
  EXPECT_EQ(answer(SYS_fstat), kAsk);
  EXPECT_EQ(answer(SYS_fchown), kAllow);
  EXPECT_EQ(answer(SYS_getuid), kAllow);
  EXPECT_EQ(answer(SYS_mkdirat), kAllow);
}

constexpr uint32_t kDenied = Error(EPERM);
constexpr uint32_t kNoCall = Error(ENOSYS);
constexpr uint32_t kDone = Error(0);

INSTANTIATE_TEST_SUITE_P(
    Policy, SyscallPolicyTest, testing::ValuesIn(std::vector<PolicyCase> {
      {"Read", SYS_read, {}},
          {"Mount", SYS_mount, {}, kDenied, kDenied, kDenied},
          {"IoUring", SYS_io_uring_setup, {}, kDenied, kDenied, kDenied},
          {"Clone3", 435, {}, kNoCall, kNoCall, kNoCall},
          {"Fork", SYS_clone, {17}},
          {"Thread", SYS_clone, {CLONE_VM | CLONE_THREAD | CLONE_SIGHAND}},
          {"CloneOfAUserNamespace",
           SYS_clone,
           {CLONE_NEWUSER | 17},
           kDenied,
           kDenied,
           kDenied},
          {"UnshareFiles", SYS_unshare, {CLONE_FILES},
           kDenied,        kDenied,     kDenied},
          {"Openat2", 437, {}, kAllow, kNoCall},
          {"Personality32", SYS_personality, {8}},
          {"PersonalityOfAFixedLayout",
           SYS_personality,
           {0x40000},
           kDenied,
           kDenied,
           kDenied},
          {"WindowSize", SYS_ioctl, {0, 0x5413}}, {"TypeIntoATerminal",
                                                   SYS_ioctl,
                                                   {0, 0x5412},
                                                   kDenied,
                                                   kDenied,
                                                   kDenied},
          {"TypeWithHighBitsThatTheKernelIgnores",
           SYS_ioctl,
           {0, uint64_t{7} << 32 | 0x5412},
           kDenied,
           kDenied,
           kDenied},
          {"PasteIntoAConsole",
           SYS_ioctl,
           {0, 0x541c},
           kDenied,
           kDenied,
           kDenied},
          {"ReadClockDiscipline", SYS_adjtimex, {}, kAllow, kAllow, kDenied},
          {"NewerThanTheList", 999, {}, kNoCall, kNoCall, kNoCall},
          {"UnshareMounts", SYS_unshare, {CLONE_NEWNS},
           kDenied,         kDenied,     kDenied},
          {"OpenToRead", SYS_openat, {0, 0, O_RDONLY}},
          {"OpenToCreate",
           SYS_openat,
           {0, 0, O_CREAT | O_WRONLY},
           kAllow,
           kAsk},
          {"OpenUnnamed", SYS_openat, {0, 0, O_TMPFILE | O_RDWR}, kAllow, kAsk},
          {"OpenDirectory", SYS_openat, {0, 0, O_DIRECTORY}},
          {"Fchown", SYS_fchown, {}, kAllow, kAsk},
          {"Setxattr", SYS_setxattr, {}, kAllow, kAsk},
          {"Removexattr", SYS_removexattr, {}, kAllow, kAsk},
          {"Getuid", SYS_getuid, {}, kAllow, kAsk},
          {"Fstat", SYS_fstat, {}, kAllow, kAsk, kAsk},
          {"Chroot", SYS_chroot, {}, kAllow, kAsk, kAsk},
          {"PrctlName", SYS_prctl, {15}},
          {"PrctlKeepcaps", SYS_prctl, {8}, kAllow, kAsk},
          {"PrctlSecurebits", SYS_prctl, {28}, kAllow, kAsk},
          {"SocketError", SYS_getsockopt, {3, 1, 4}},
          {"SocketPeer", SYS_getsockopt, {3, 1, 17}, kAllow, kAsk},
          {"PeerOfAnotherLevel", SYS_getsockopt, {3, 6, 17}},
          {"LimitOfLocks", SYS_prlimit64, {0, 10, 0x700000000000},
           kDone,          kDone,         kDone},
          {"LimitOfLocksAtAHighAddress",
           SYS_prlimit64,
           {0, 10, uint64_t{1} << 32},
           kDone,
           kDone,
           kDone},
          {"ReadLimitOfLocks", SYS_prlimit64, {0, 10, 0}, kAllow, kAsk},
          {.name = "GetAffinity",
           .number = SYS_sched_getaffinity,
           .arguments = {},
           .machine = kAsk},
          {.name = "Uname",
           .number = SYS_uname,
           .arguments = {},
           .machine = kAsk},
          {.name = "Rseq",
           .number = SYS_rseq,
           .arguments = {},
           .machine = Error(ENOSYS)},
          {"LimitOfFiles", SYS_prlimit64, {0, 7, 1}},
          {"Monotonic", SYS_clock_gettime, {1}},
          {"Realtime", SYS_clock_gettime, {0}, kAllow, kAllow, kAsk},
          {"RealtimeCoarse", SYS_clock_gettime, {5}, kAllow, kAllow, kAsk},
#if defined(__aarch64__)
          {.name = "NameThreadId",
           .number = SYS_set_tid_address,
           .arguments = {1},
           .clock = kAsk,
           .machine = kAsk},
          {.name = "AskForHeap",
           .number = SYS_brk,
           .arguments = {0},
           .clock = kAsk,
           .machine = kAsk},
          {"MoveHeap", SYS_brk, {0x1000}},
          {.name = "SignalStack",
           .number = SYS_sigaltstack,
           .arguments = {},
           .clock = kAsk,
           .machine = kAsk},
#endif
#if defined(__x86_64__)
          {"Time", SYS_time, {}, kAllow, kAllow, kAsk},
          {.name = "SetThreadPointer",
           .number = SYS_arch_prctl,
           .arguments = {0x1002},
           .clock = kAsk,
           .machine = kAsk},
          {.name = "Uname32",
           .number = 122,
           .arguments = {},
           .architecture = AUDIT_ARCH_I386,
           .machine = kAsk},
          {"GetThreadPointer", SYS_arch_prctl, {0x1003}},
          {"SetrlimitOfLocks", SYS_setrlimit, {10}, kDone, kDone, kDone},
          {"X32", SYS_read | 0x40000000, {}, kNoCall, kNoCall, kNoCall},
          {"Mount32", 21, {}, kDenied, kDenied, kDenied, AUDIT_ARCH_I386},
          {"Chown32", 212, {}, kAllow, kAsk, kAllow, AUDIT_ARCH_I386},
          {"MakeSocket32", 102, {1}, kAsk, kAsk, kAsk, AUDIT_ARCH_I386, kAsk},
          {"MakeSocketPair32", 102, {8}, kAsk, kAsk, kAsk,
           AUDIT_ARCH_I386,    kAsk},
          {"Connect32", 102, {3}, kAllow, kAllow, kAllow, AUDIT_ARCH_I386},
          {"Write32", 4, {}, kAllow, kAllow, kAllow, AUDIT_ARCH_I386},
#endif
          {"OtherArchitecture", 1, {}, kNoCall, kNoCall, kNoCall,
           AUDIT_ARCH_S390X},
    }),
    [](const auto& info) { return info.param.name; });

TEST(SyscallPolicy, FindsWhatACallMeans) {
  EXPECT_EQ(FindSupervisedCall(NativeArchitecture(), SYS_fchownat),
            SupervisedCall::kFchownat);
  EXPECT_EQ(FindSupervisedCall(NativeArchitecture(), SYS_read), std::nullopt);
#if defined(__x86_64__)
  EXPECT_EQ(FindSupervisedCall(AUDIT_ARCH_I386, 182), SupervisedCall::kChown);
  EXPECT_TRUE(HasShortIds(AUDIT_ARCH_I386, 182));
  EXPECT_FALSE(HasShortIds(AUDIT_ARCH_I386, 212));
#endif
}

}  // namespace
}  // namespace rules_dockerfile
