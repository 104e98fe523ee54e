#ifndef LIB_SANDBOX_SECCOMP_SYSCALL_POLICY_H_
#define LIB_SANDBOX_SECCOMP_SYSCALL_POLICY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/seccomp/seccomp_program.h"

namespace rules_dockerfile {

// The system calls that the supervisor answers, whatever their number. The
// arguments of a call are in the order of its manual page.
enum class SupervisedCall {
  kChown,
  kLchown,
  kFchown,
  kFchownat,
  kSetuid,
  kSetgid,
  kSetreuid,
  kSetregid,
  kSetresuid,
  kSetresgid,
  kSetfsuid,
  kSetfsgid,
  kSetgroups,
  kGetgroups,
  kGetuid,
  kGeteuid,
  kGetgid,
  kGetegid,
  kGetresuid,
  kGetresgid,
  kStat,
  kLstat,
  kFstat,
  kNewfstatat,
  kStatx,
  kMknod,
  kMknodat,
  kOpen,
  kOpenat,
  kCreat,
  kMkdir,
  kMkdirat,
  kSymlink,
  kSymlinkat,
  kSetxattr,
  kLsetxattr,
  kFsetxattr,
  kExecve,
  kExecveat,
  kChroot,
  kPrctl,
  kCapset,
  kGetrlimit,        // of RLIMIT_LOCKS
  kPrlimit,          // the same, by prlimit64(2)
  kPeerCredentials,  // getsockopt(2) SO_PEERCRED
  // The first acts of a new program, by which its vDSO is found unused:
  kArchPrctl,      // of x86-64: sets the thread pointer
  kBrk,            // of null: where the heap begins
  kSetTidAddress,  // tells where its thread id is kept
  kSigaltstack,    // of Go, which does neither
  kClockGettime,
  kGettimeofday,
  kTime,
  kSchedGetaffinity,
  kSchedSetaffinity,
  kGetcpu,
  kUname,
  kSysinfo,
};

struct SyscallPolicyOptions {
  // kRecorded: ask the supervisor about owners and ids; kMapped: about device
  // nodes.
  OwnerStore owners = OwnerStore::kReal;
  // Ask the supervisor what time it is.
  bool supervise_clock = false;
  // Ask the supervisor what machine it is: shown_machine.h.
  bool supervise_machine = false;

  bool supervised() const {
    return owners != OwnerStore::kReal || supervise_clock || supervise_machine;
  }
};

// The filter of a RUN: what Docker's default profile denies with its default
// capabilities (mounting, new namespaces, kernel modules, keyrings, bpf, …)
// fails with EPERM here too; io_uring, which no filter sees into, is denied
// with it; clone3, whose flags no filter sees, is ENOSYS, on which every libc
// falls back to clone. RLIMIT_LOCKS carries the emulated credentials: setting
// it does nothing, successfully, and it reads as unlimited. With a machine to
// show, rseq is ENOSYS, as before Linux 4.18: it tells the real processor.
std::vector<SeccompTable> SyscallPolicy(const SyscallPolicyOptions& options);

// Which supervised call number `number` of `architecture` is.
std::optional<SupervisedCall> FindSupervisedCall(uint32_t architecture,
                                                 int number);

// AUDIT_ARCH_* of the system call table that this program itself uses.
uint32_t NativeArchitecture();

// Whether ids of this 32-bit call are 16 bits wide (chown of old i386).
bool HasShortIds(uint32_t architecture, int number);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SECCOMP_SYSCALL_POLICY_H_
