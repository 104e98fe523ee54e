#include "lib/sandbox/seccomp/syscall_policy.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/seccomp/seccomp_program.h"
#include "lib/sandbox/seccomp/syscall_table.h"

namespace rules_dockerfile {
namespace {

using Kind = ArgumentTest::Kind;

constexpr uint32_t kRlimitLocks = 10;
constexpr uint32_t kTmpfileBit = O_TMPFILE & ~O_DIRECTORY;
constexpr uint32_t kArchSetFs = 0x1002;
constexpr uint32_t kNewNamespaces =
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | 0x80 /* CLONE_NEWTIME */;
constexpr uint32_t kNewNamespacesOfClone = kNewNamespaces & ~0xffu;

// The argument tests of which one must hold for the supervisor to be asked;
// no test at all: always.
std::vector<std::vector<ArgumentTest>> WhenSupervised(SupervisedCall call) {
  switch (call) {
    case SupervisedCall::kOpen:
      return {{{1, Kind::kAnyBit, O_CREAT | kTmpfileBit}}};
    case SupervisedCall::kOpenat:
      return {{{2, Kind::kAnyBit, O_CREAT | kTmpfileBit}}};
    case SupervisedCall::kPrctl:
      return {{{0, Kind::kEqual, PR_SET_KEEPCAPS}},
              {{0, Kind::kEqual, PR_SET_SECUREBITS}}};
    case SupervisedCall::kPeerCredentials:
      return {{{1, Kind::kEqual, SOL_SOCKET}, {2, Kind::kEqual, SO_PEERCRED}}};
    case SupervisedCall::kGetrlimit:
      return {{{0, Kind::kEqual, kRlimitLocks}}};
    case SupervisedCall::kPrlimit:
      return {{{1, Kind::kEqual, kRlimitLocks}}};
    case SupervisedCall::kArchPrctl:
      return {{{0, Kind::kEqual, kArchSetFs}}};
    case SupervisedCall::kBrk:
      return {{{0, Kind::kEqual, 0}}};
    case SupervisedCall::kClockGettime:
      return {{{0, Kind::kEqual, CLOCK_REALTIME}},
              {{0, Kind::kEqual, CLOCK_REALTIME_COARSE}},
              {{0, Kind::kEqual, CLOCK_TAI}}};
    default:
      return {{}};
  }
}

// Those of the calls that make device nodes.
std::vector<SyscallRow> DeviceRows(const std::vector<SyscallRow>& rows) {
  std::vector<SyscallRow> chosen;
  for (const SyscallRow& row : rows) {
    if (row.call == SupervisedCall::kMknod ||
        row.call == SupervisedCall::kMknodat) {
      chosen.push_back(row);
    }
  }
  return chosen;
}

void AppendSupervised(const std::vector<SyscallRow>& rows,
                      std::vector<SeccompRule>& rules) {
  for (const SyscallRow& row : rows) {
    for (const std::vector<ArgumentTest>& tests : WhenSupervised(row.call)) {
      rules.push_back({row.number, SECCOMP_RET_USER_NOTIF, tests});
    }
  }
}

void AppendDenied(const DeniedSyscalls& denied,
                  std::vector<SeccompRule>& rules) {
  const uint32_t refuse = SECCOMP_RET_ERRNO | EPERM;
  for (const int number : denied.always) rules.push_back({number, refuse});
  rules.push_back({denied.clone3, SECCOMP_RET_ERRNO | ENOSYS});
  rules.push_back(
      {denied.clone, refuse, {{0, Kind::kAnyBit, kNewNamespacesOfClone}}});
  rules.push_back(
      {denied.unshare, refuse, {{0, Kind::kAnyBit, kNewNamespaces}}});
}

void AppendLockLimit(const LimitSyscalls& limits,
                     std::vector<SeccompRule>& rules) {
  const uint32_t succeed = SECCOMP_RET_ERRNO | 0;
  if (limits.setrlimit >= 0) {
    rules.push_back(
        {limits.setrlimit, succeed, {{0, Kind::kEqual, kRlimitLocks}}});
  }
  rules.push_back({limits.prlimit64,
                   succeed,
                   {{1, Kind::kEqual, kRlimitLocks}, {2, Kind::kNonZero, 0}}});
}

}  // namespace

std::vector<SeccompTable> SyscallPolicy(const SyscallPolicyOptions& options) {
  std::vector<SeccompTable> tables;
  for (const SyscallTable& known : KnownSyscallTables()) {
    SeccompTable table = {.architecture = known.architecture, .rules = {}};
    AppendLockLimit(known.limits, table.rules);
    if (options.owners == OwnerStore::kRecorded) {
      AppendSupervised(known.owners, table.rules);
    } else if (options.owners == OwnerStore::kMapped) {
      AppendSupervised(DeviceRows(known.owners), table.rules);
    }
    if (options.supervise_clock) AppendSupervised(known.clock, table.rules);
    if (options.supervise_machine) {
      AppendSupervised(known.machine, table.rules);
      table.rules.push_back({known.rseq, SECCOMP_RET_ERRNO | ENOSYS});
    }
    // Both are in the vDSO.
    if (options.supervise_clock || options.supervise_machine) {
      AppendSupervised(known.program_start, table.rules);
    }
    // stat shows owners and devices, and times, which follow the clock.
    if (options.owners != OwnerStore::kReal || options.supervise_clock) {
      AppendSupervised(known.stat, table.rules);
    }
    AppendDenied(known.denied, table.rules);
    tables.push_back(std::move(table));
  }
  return tables;
}

std::optional<SupervisedCall> FindSupervisedCall(uint32_t architecture,
                                                 int number) {
  for (const SyscallTable& table : KnownSyscallTables()) {
    if (table.architecture != architecture) continue;
    for (const auto* rows : {&table.stat, &table.owners, &table.clock,
                             &table.machine, &table.program_start}) {
      for (const SyscallRow& row : *rows) {
        if (row.number == number) return row.call;
      }
    }
  }
  return std::nullopt;
}

}  // namespace rules_dockerfile
