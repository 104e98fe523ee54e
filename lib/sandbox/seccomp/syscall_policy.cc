#include "lib/sandbox/seccomp/syscall_policy.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/types/span.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/seccomp/container_syscalls.h"
#include "lib/sandbox/seccomp/seccomp_program.h"
#include "lib/sandbox/seccomp/syscall_table.h"

namespace rules_dockerfile {
namespace {

using Kind = ArgumentTest::Kind;

constexpr uint32_t kRlimitLocks = 10;
constexpr uint32_t kTmpfileBit = O_TMPFILE & ~O_DIRECTORY;
constexpr uint32_t kArchSetFs = 0x1002;
constexpr uint32_t kNoSuchCall = SECCOMP_RET_ERRNO | ENOSYS;
// socketcall(2)'s numbers of socket and socketpair: linux/net.h.
constexpr uint32_t kSocketcallSocket = 1;
constexpr uint32_t kSocketcallSocketpair = 8;
constexpr int kOpenat2 = 437;  // in every table

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
    case SupervisedCall::kSocketcall:
      return {{{0, Kind::kEqual, kSocketcallSocket}},
              {{0, Kind::kEqual, kSocketcallSocketpair}}};
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

// Those of the calls that create device nodes, or would change the records of
// what is one.
std::vector<SyscallRow> DeviceRows(const std::vector<SyscallRow>& rows) {
  constexpr SupervisedCall kCalls[] = {
      SupervisedCall::kMknod,        SupervisedCall::kMknodat,
      SupervisedCall::kSetxattr,     SupervisedCall::kLsetxattr,
      SupervisedCall::kFsetxattr,    SupervisedCall::kRemovexattr,
      SupervisedCall::kLremovexattr, SupervisedCall::kFremovexattr};
  std::vector<SyscallRow> chosen;
  for (const SyscallRow& row : rows) {
    if (absl::c_linear_search(kCalls, row.call)) chosen.push_back(row);
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

void Append(std::vector<SeccompRule> more, std::vector<SeccompRule>& rules) {
  for (SeccompRule& rule : more) rules.push_back(std::move(rule));
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

// Each of these calls, whatever its arguments.
void AppendAll(const std::vector<SyscallRow>& rows,
               std::vector<SeccompRule>& rules) {
  for (const SyscallRow& row : rows) {
    rules.push_back({row.number, SECCOMP_RET_USER_NOTIF});
  }
}

void AppendOwners(const SyscallTable& known,
                  const SyscallPolicyOptions& options,
                  std::vector<SeccompRule>& rules) {
  switch (options.owners) {
    case OwnerStore::kReal:
      break;
    case OwnerStore::kMapped:
      AppendSupervised(DeviceRows(known.owners), rules);
      break;
    case OwnerStore::kRecorded:
      if (options.supervise_permissions) AppendAll(known.permissions, rules);
      AppendSupervised(known.owners, rules);
      rules.push_back({kOpenat2, kNoSuchCall});
      break;
  }
}

}  // namespace

std::vector<SeccompTable> SyscallPolicy(const SyscallPolicyOptions& options) {
  std::vector<SeccompTable> tables;
  for (const SyscallTable& known : KnownSyscallTables()) {
    std::vector<SeccompRule> rules;
    AppendLockLimit(known.limits, rules);
    AppendOwners(known, options, rules);
    if (options.supervise_clock) {
      AppendSupervised(known.clock, rules);
      Append(ClockDisciplineRules(known.architecture), rules);
    }
    if (options.supervise_machine) {
      AppendSupervised(known.machine, rules);
      rules.push_back({known.rseq, kNoSuchCall});
    }
    // Both are in the vDSO.
    if (options.supervise_clock || options.supervise_machine) {
      AppendSupervised(known.program_start, rules);
    }
    // stat shows owners and devices, and times, which follow the clock.
    if (options.owners != OwnerStore::kReal || options.supervise_clock) {
      AppendSupervised(known.stat, rules);
    }
    AppendSupervised(known.sockets, rules);
    Append(ContainerRules(known.architecture), rules);
    tables.push_back({.architecture = known.architecture,
                      .rules = std::move(rules),
                      .allowed = ContainerNumbers(known.architecture),
                      .newest = kNewestContainerSyscall});
  }
  return tables;
}

bool AsksSupervisor(absl::Span<const SeccompTable> policy) {
  return absl::c_any_of(policy, [](const SeccompTable& table) {
    return absl::c_any_of(table.rules, [](const SeccompRule& rule) {
      return rule.action == SECCOMP_RET_USER_NOTIF;
    });
  });
}

std::optional<SupervisedCall> FindSupervisedCall(uint32_t architecture,
                                                 int number) {
  for (const SyscallTable& table : KnownSyscallTables()) {
    if (table.architecture != architecture) continue;
    for (const auto* rows :
         {&table.stat, &table.owners, &table.permissions, &table.clock,
          &table.machine, &table.program_start, &table.sockets}) {
      for (const SyscallRow& row : *rows) {
        if (row.number == number) return row.call;
      }
    }
  }
  return std::nullopt;
}

}  // namespace rules_dockerfile
