#ifndef LIB_SANDBOX_SECCOMP_SYSCALL_POLICY_H_
#define LIB_SANDBOX_SECCOMP_SYSCALL_POLICY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
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
  // What else the permissions of an ordinary user are about:
  kAccess,
  kFaccessat,
  kFaccessat2,
  kChdir,
  kFchdir,
  kChmod,
  kFchmod,
  kFchmodat,
  kFchmodat2,
  kUnlink,
  kUnlinkat,
  kRmdir,
  kRename,
  kRenameat,
  kRenameat2,
  kLink,
  kLinkat,
  kTruncate,
  kReadlink,
  kReadlinkat,
  kStatfs,
  kUtime,
  kUtimes,
  kFutimesat,
  kUtimensat,
  kUtimensatShort,  // of i386, whose times have 32 bits
  kGetxattr,
  kLgetxattr,
  kFgetxattr,
  kRemovexattr,
  kLremovexattr,
  kFremovexattr,
  kPrctl,
  kCapset,
  kUmask,
  kGetrlimit,        // of RLIMIT_LOCKS
  kPrlimit,          // the same, by prlimit64(2)
  kPeerCredentials,  // getsockopt(2) SO_PEERCRED
  kSocketcall,       // of i386: socket and socketpair by socketcall(2)
  // The first acts of a new program, by which its vDSO is found unused:
  kArchPrctl,      // of x86-64: sets the thread pointer
  kBrk,            // of null: where the heap begins
  kSetTidAddress,  // says where its thread id is kept
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
  // With kRecorded: ask the supervisor about every use of a file's name, and
  // every change of a file, whose permissions the kernel does not check.
  bool supervise_permissions = false;
  // Ask the supervisor what time it is.
  bool supervise_clock = false;
  // Ask the supervisor for the shown machine: shown_machine.h.
  bool supervise_machine = false;
};

// The filter of a RUN: only what container_syscalls.h allows. i386's
// socketcall(2), whose arguments a filter cannot see, always goes to the
// supervisor if it creates sockets. RLIMIT_LOCKS carries the emulated
// credentials: setting it does nothing, successfully, and it reads as
// unlimited. With a shown machine, rseq is ENOSYS, as before Linux 4.18: it
// exposes the real processor. With emulated ids openat2 is ENOSYS too, as
// before Linux 5.6: it creates files, and its flags are in memory.
std::vector<SeccompTable> SyscallPolicy(const SyscallPolicyOptions& options);

// Whether a call is handed to a supervisor.
bool AsksSupervisor(absl::Span<const SeccompTable> policy);

// Which supervised call number `number` of `architecture` is.
std::optional<SupervisedCall> FindSupervisedCall(uint32_t architecture,
                                                 int number);

// AUDIT_ARCH_* of the system call table that this program itself uses.
uint32_t NativeArchitecture();

// Whether ids of this 32-bit call are 16 bits wide (chown of old i386).
bool HasShortIds(uint32_t architecture, int number);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SECCOMP_SYSCALL_POLICY_H_
