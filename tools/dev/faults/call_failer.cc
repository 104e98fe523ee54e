#include "tools/dev/faults/call_failer.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "lib/base/file.h"

namespace rules_dockerfile {
namespace {

struct FailingCall {
  long number;
  const char* name;
  int error;
};

constexpr FailingCall kFailingCalls[] = {
    {SYS_read, "read", EIO},
    {SYS_pread64, "pread", EIO},
    {SYS_readv, "readv", EIO},
    {SYS_write, "write", ENOSPC},
    {SYS_pwrite64, "pwrite", ENOSPC},
    {SYS_writev, "writev", ENOSPC},
    {SYS_ftruncate, "ftruncate", EIO},
    {SYS_openat, "openat", EMFILE},
    {SYS_close, "close", EIO},
    {SYS_fstat, "fstat", EIO},
    {SYS_newfstatat, "newfstatat", EIO},
    {SYS_statx, "statx", EIO},
    {SYS_getdents64, "getdents64", EIO},
    {SYS_readlinkat, "readlinkat", EIO},
    {SYS_mmap, "mmap", ENOMEM},
    {SYS_mprotect, "mprotect", ENOMEM},
    {SYS_mremap, "mremap", ENOMEM},
    {SYS_madvise, "madvise", ENOMEM},
    {SYS_renameat, "renameat", EIO},
    {SYS_unlinkat, "unlinkat", EIO},
    {SYS_mkdirat, "mkdirat", ENOSPC},
    {SYS_linkat, "linkat", EMLINK},
    {SYS_symlinkat, "symlinkat", ENOSPC},
    {SYS_fchmod, "fchmod", EPERM},
    {SYS_fchown, "fchown", EPERM},
    {SYS_utimensat, "utimensat", EPERM},
    {SYS_fsetxattr, "fsetxattr", ENOSPC},
    {SYS_fgetxattr, "fgetxattr", EIO},
    {SYS_ppoll, "ppoll", ENOMEM},
    {SYS_pipe2, "pipe2", EMFILE},
    {SYS_socketpair, "socketpair", EMFILE},
    {SYS_socket, "socket", EMFILE},
    {SYS_connect, "connect", ECONNREFUSED},
    {SYS_setsockopt, "setsockopt", ENOBUFS},
    {SYS_getsockopt, "getsockopt", ENOBUFS},
    {SYS_getsockname, "getsockname", ENOBUFS},
    {SYS_sendto, "sendto", ECONNRESET},
    {SYS_recvfrom, "recvfrom", ECONNRESET},
    {SYS_sendmsg, "sendmsg", ECONNRESET},
    {SYS_recvmsg, "recvmsg", ECONNRESET},
    {SYS_dup3, "dup3", EMFILE},
    {SYS_clone, "clone", EAGAIN},
    {SYS_clone3, "clone3", EAGAIN},
    {SYS_unshare, "unshare", ENOSPC},
    {SYS_setns, "setns", EPERM},
    {SYS_mount, "mount", ENOMEM},
    {SYS_seccomp, "seccomp", EINVAL},
    {SYS_prctl, "prctl", EINVAL},
#ifdef __x86_64__
    {SYS_open, "open", EMFILE},
    {SYS_poll, "poll", ENOMEM},
    {SYS_stat, "stat", EIO},
    {SYS_lstat, "lstat", EIO},
    {SYS_rename, "rename", EIO},
    {SYS_unlink, "unlink", EIO},
    {SYS_mkdir, "mkdir", ENOSPC},
    {SYS_readlink, "readlink", EIO},
    {SYS_fork, "fork", EAGAIN},
    {SYS_vfork, "vfork", EAGAIN},
#endif
};

const FailingCall* Find(uint64_t number) {
  for (const FailingCall& call : kFailingCalls) {
    if (static_cast<uint64_t>(call.number) == number) return &call;
  }
  return nullptr;
}

// Where the dynamic linker leaves off. getauxval(3).
uint64_t EntryPoint(pid_t pid) {
  const std::string vector =
      ReadFile(absl::StrCat("/proc/", pid, "/auxv")).value_or("");
  uint64_t entry[2];
  for (size_t at = 0; at + sizeof entry <= vector.size(); at += sizeof entry) {
    memcpy(entry, &vector[at], sizeof entry);
    if (entry[0] == AT_ENTRY) return entry[1];
  }
  return 0;
}

// An instruction that stops the program, and the bits that it takes.
#ifdef __aarch64__
constexpr long kTrap = 0xd4200000;
constexpr long kTrapBits = 0xffffffff;
#else
constexpr long kTrap = 0xcc;
constexpr long kTrapBits = 0xff;
#endif

void Poke(pid_t pid, uint64_t address, long word) {
  ptrace(PTRACE_POKETEXT, pid, reinterpret_cast<void*>(address),
         reinterpret_cast<void*>(word));
}

void GoTo(pid_t pid, uint64_t address) {
  user_regs_struct registers;
  iovec data = {&registers, sizeof registers};
  ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &data);
#ifdef __aarch64__
  registers.pc = address;
#else
  registers.rip = address;
#endif
  ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &data);
}

// The stopped thread makes a nonexistent call instead of the one that it began.
void SkipCall(pid_t pid) {
#ifdef __aarch64__
  int number = -1;
  iovec data = {&number, sizeof number};
  ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &data);
#else
  user_regs_struct registers;
  ptrace(PTRACE_GETREGS, pid, nullptr, &registers);
  registers.orig_rax = ~0ULL;
  ptrace(PTRACE_SETREGS, pid, nullptr, &registers);
#endif
}

void SetResult(pid_t pid, int64_t value) {
  user_regs_struct registers;
  iovec data = {&registers, sizeof registers};
  ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &data);
#ifdef __aarch64__
  registers.regs[0] = static_cast<uint64_t>(value);
#else
  registers.rax = static_cast<uint64_t>(value);
#endif
  ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &data);
}

}  // namespace

void CallFailer::Begin() {
  began_ = true;
  long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC;
  if (options_.children) {
    options |= PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK;
  }
  ptrace(PTRACE_SETOPTIONS, program_, nullptr, options);
  known_.insert(program_);
  entry_ = EntryPoint(program_);
  if (entry_ == 0) return;
  entry_word_ = ptrace(PTRACE_PEEKTEXT, program_,
                       reinterpret_cast<void*>(entry_), nullptr);
  Poke(program_, entry_, (entry_word_ & ~kTrapBits) | kTrap);
}

void CallFailer::Enter() {
  Poke(program_, entry_, entry_word_);
  GoTo(program_, entry_);
  entry_ = 0;
}

void CallFailer::PassCall(pid_t pid) {
  __ptrace_syscall_info info = {};
  ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info);
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
    const FailingCall* call = Find(info.entry.nr);
    if (call == nullptr || entry_ != 0 || ++calls_ != options_.nth) return;
    if (options_.asks) {
      kill(program_, SIGTERM);
      failed_ = absl::StrCat(call->name, ": ", strsignal(SIGTERM));
      return;
    }
    // close(2) closes, whatever it returns.
    if (call->number != SYS_close) SkipCall(pid);
    errors_[pid] = call->error;
    failed_ = absl::StrCat(call->name, ": ", strerror(call->error));
  } else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
    const auto error = errors_.find(pid);
    if (error == errors_.end()) return;
    SetResult(pid, -error->second);
    errors_.erase(error);
  }
}

void CallFailer::Continue(pid_t pid, int status) {
  if (!began_) {  // at the end of its execve()
    Begin();
    ptrace(PTRACE_SYSCALL, pid, nullptr, nullptr);
    return;
  }
  const int signal = WSTOPSIG(status);
  const bool is_event = (status >> 16) != 0;
  // A new thread or process begins with a SIGSTOP of the tracer's.
  const bool is_new = known_.insert(pid).second && signal == SIGSTOP;
  long passed_on = 0;
  if (signal == (SIGTRAP | 0x80)) {
    PassCall(pid);
  } else if (signal == SIGTRAP && !is_event && entry_ != 0) {
    Enter();
  } else if (!is_event && !is_new) {
    passed_on = signal;
  }
  ptrace(PTRACE_SYSCALL, pid, nullptr, passed_on);
}

}  // namespace rules_dockerfile
