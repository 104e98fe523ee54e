#include <linux/seccomp.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>
#include <vector>

#include "lib/sandbox/seccomp/container_syscalls.h"
#include "lib/sandbox/seccomp/seccomp_program.h"
#include "lib/sandbox/seccomp/socket_policy.h"

namespace rules_dockerfile {
namespace {

using Kind = ArgumentTest::Kind;

constexpr NamedSyscall kAdjtimex = {"adjtimex", 159, 124, 171};
constexpr NamedSyscall kClockAdjtime = {"clock_adjtime", 305, 343, 266};
constexpr NamedSyscall kClockAdjtime64 = {"clock_adjtime64", -1, 405, -1};
constexpr NamedSyscall kClone = {"clone", 56, 120, 220};
constexpr NamedSyscall kClone3 = {"clone3", 435, 435, 435};
constexpr NamedSyscall kIoctl = {"ioctl", 16, 54, 29};
constexpr NamedSyscall kPersonality = {"personality", 135, 136, 92};
constexpr NamedSyscall kSocket = {"socket", 41, 359, 198};
constexpr NamedSyscall kSocketpair = {"socketpair", 53, 360, 199};

constexpr uint32_t kRefuse = SECCOMP_RET_ERRNO | EPERM;
constexpr uint32_t kNewNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP |
                                    CLONE_NEWUTS | CLONE_NEWIPC |
                                    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
// PER_LINUX, PER_LINUX32, both with UNAME26, and the question what it is.
constexpr uint32_t kPersonalities[] = {0, 8, 0x20000, 0x20008, 0xffffffff};
// TIOCSTI and TIOCLINUX of asm-generic/ioctls.h, the same in all three tables.
constexpr uint32_t kTypingIoctls[] = {0x5412, 0x541c};

}  // namespace

std::vector<int> ContainerNumbers(uint32_t architecture) {
  std::vector<int> numbers;
  for (const NamedSyscall& call : ContainerSyscalls()) {
    const int number = call.Number(architecture);
    if (number >= 0) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::vector<SeccompRule> ContainerRules(uint32_t architecture) {
  const int clone = kClone.Number(architecture);
  const int personality = kPersonality.Number(architecture);
  const int ioctl = kIoctl.Number(architecture);
  std::vector<SeccompRule> rules = {
      {kClone3.Number(architecture), SECCOMP_RET_ERRNO | ENOSYS},
      {clone, kRefuse, {{0, Kind::kAnyBit, kNewNamespaces}}},
      {clone, SECCOMP_RET_ALLOW}};
  for (const uint32_t value : kPersonalities) {
    rules.push_back(
        {personality, SECCOMP_RET_ALLOW, {{0, Kind::kEqual, value}}});
  }
  rules.push_back({personality, kRefuse});
  for (const uint32_t request : kTypingIoctls) {
    rules.push_back({ioctl, kRefuse, {{1, Kind::kEqual, request}}});
  }
  rules.push_back({ioctl, SECCOMP_RET_ALLOW});
  for (const NamedSyscall& call : {kSocket, kSocketpair}) {
    for (SeccompRule& rule : SocketRules(call.Number(architecture))) {
      rules.push_back(std::move(rule));
    }
  }
  return rules;
}

std::vector<SeccompRule> ClockDisciplineRules(uint32_t architecture) {
  std::vector<SeccompRule> rules;
  for (const NamedSyscall& call : {kAdjtimex, kClockAdjtime, kClockAdjtime64}) {
    const int number = call.Number(architecture);
    if (number >= 0) rules.push_back({number, kRefuse});
  }
  return rules;
}

}  // namespace rules_dockerfile
