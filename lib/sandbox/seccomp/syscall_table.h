#ifndef LIB_SANDBOX_SECCOMP_SYSCALL_TABLE_H_
#define LIB_SANDBOX_SECCOMP_SYSCALL_TABLE_H_

#include <cstdint>
#include <vector>

#include "lib/sandbox/seccomp/syscall_policy.h"

namespace rules_dockerfile {

struct SyscallRow {
  int number;
  SupervisedCall call;
  bool short_ids = false;  // its ids have 16 bits
};

struct LimitSyscalls {
  int setrlimit;  // -1 if there is none
  int prlimit64;
};

// The numbers of one system call table.
struct SyscallTable {
  uint32_t architecture;  // AUDIT_ARCH_*
  std::vector<SyscallRow> owners;
  std::vector<SyscallRow> permissions;  // open among them, which owners has too
  std::vector<SyscallRow> stat;
  std::vector<SyscallRow> clock;
  std::vector<SyscallRow> machine;
  std::vector<SyscallRow> program_start;
  std::vector<SyscallRow> sockets;  // whose arguments are in memory
  int rseq;
  LimitSyscalls limits;
};

// SyscallTable::permissions of a table.
std::vector<SyscallRow> PermissionRows(uint32_t architecture);

// That of the host first, then that of its 32-bit programs if it has one.
const std::vector<SyscallTable>& KnownSyscallTables();

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SECCOMP_SYSCALL_TABLE_H_
