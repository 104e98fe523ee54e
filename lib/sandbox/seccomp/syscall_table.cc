#include "lib/sandbox/seccomp/syscall_table.h"

#include <linux/audit.h>
#include <sys/syscall.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/sandbox/seccomp/syscall_policy.h"

namespace rules_dockerfile {
namespace {

using Call = SupervisedCall;

std::vector<SyscallRow> NativeOwnerRows() {
  return {
#if defined(__x86_64__)
    {SYS_chown, Call::kChown}, {SYS_lchown, Call::kLchown},
        {SYS_mknod, Call::kMknod}, {SYS_open, Call::kOpen},
        {SYS_creat, Call::kCreat}, {SYS_mkdir, Call::kMkdir},
        {SYS_symlink, Call::kSymlink},
#endif
        {SYS_fchown, Call::kFchown}, {SYS_fchownat, Call::kFchownat},
        {SYS_setuid, Call::kSetuid}, {SYS_setgid, Call::kSetgid},
        {SYS_setreuid, Call::kSetreuid}, {SYS_setregid, Call::kSetregid},
        {SYS_setresuid, Call::kSetresuid}, {SYS_setresgid, Call::kSetresgid},
        {SYS_setfsuid, Call::kSetfsuid}, {SYS_setfsgid, Call::kSetfsgid},
        {SYS_setgroups, Call::kSetgroups}, {SYS_getgroups, Call::kGetgroups},
        {SYS_getuid, Call::kGetuid}, {SYS_geteuid, Call::kGeteuid},
        {SYS_getgid, Call::kGetgid}, {SYS_getegid, Call::kGetegid},
        {SYS_getresuid, Call::kGetresuid}, {SYS_getresgid, Call::kGetresgid},
        {SYS_mknodat, Call::kMknodat}, {SYS_openat, Call::kOpenat},
        {SYS_mkdirat, Call::kMkdirat}, {SYS_symlinkat, Call::kSymlinkat},
        {SYS_setxattr, Call::kSetxattr}, {SYS_lsetxattr, Call::kLsetxattr},
        {SYS_fsetxattr, Call::kFsetxattr},
        {SYS_removexattr, Call::kRemovexattr},
        {SYS_lremovexattr, Call::kLremovexattr},
        {SYS_fremovexattr, Call::kFremovexattr}, {SYS_execve, Call::kExecve},
        {SYS_execveat, Call::kExecveat}, {SYS_prctl, Call::kPrctl},
        {SYS_capset, Call::kCapset}, {SYS_umask, Call::kUmask},
        {SYS_getsockopt, Call::kPeerCredentials},
#if defined(SYS_getrlimit)
        {SYS_getrlimit, Call::kGetrlimit},
#endif
        {SYS_prlimit64, Call::kPrlimit},
  };
}

std::vector<SyscallRow> NativeStatRows() {
  return {
#if defined(__x86_64__)
    {SYS_stat, Call::kStat}, {SYS_lstat, Call::kLstat},
#endif
        {SYS_chroot, Call::kChroot}, {SYS_fstat, Call::kFstat},
        {SYS_newfstatat, Call::kNewfstatat}, {SYS_statx, Call::kStatx},
  };
}

std::vector<SyscallRow> NativeClockRows() {
  return {
#if defined(__x86_64__)
    {SYS_time, Call::kTime},
#endif
        {SYS_clock_gettime, Call::kClockGettime},
        {SYS_gettimeofday, Call::kGettimeofday},
  };
}

std::vector<SyscallRow> NativeMachineRows() {
  return {
      {SYS_sched_getaffinity, Call::kSchedGetaffinity},
      {SYS_sched_setaffinity, Call::kSchedSetaffinity},
      {SYS_getcpu, Call::kGetcpu},
      {SYS_uname, Call::kUname},
      {SYS_sysinfo, Call::kSysinfo},
  };
}

// On x86-64 every program sets its thread pointer by a call. On aarch64 it
// needs no instruction: there glibc asks for its heap, in ld.so or else when it
// sets up the first thread; musl, and newer glibc too, name the place of the
// thread id; and the threads of Go have a signal stack.
std::vector<SyscallRow> NativeProgramStartRows() {
#if defined(__x86_64__)
  return {{SYS_arch_prctl, Call::kArchPrctl}};
#else
  return {{SYS_brk, Call::kBrk},
          {SYS_set_tid_address, Call::kSetTidAddress},
          {SYS_sigaltstack, Call::kSigaltstack}};
#endif
}

SyscallTable NativeTable() {
  return {
    .architecture = NativeArchitecture(), .owners = NativeOwnerRows(),
    .permissions = PermissionRows(NativeArchitecture()),
    .stat = NativeStatRows(), .clock = NativeClockRows(),
    .machine = NativeMachineRows(), .program_start = NativeProgramStartRows(),
    .sockets = {}, .rseq = SYS_rseq,
#if defined(SYS_setrlimit)
    .limits = {SYS_setrlimit, SYS_prlimit64},
#else
    .limits = {-1, SYS_prlimit64},
#endif
  };
}

#if defined(__x86_64__)
// Numbers of arch/x86/entry/syscalls/syscall_32.tbl. 32-bit programs see the
// real owners, the real time of files and the real memory.
SyscallTable I386Table() {
  return {
      .architecture = AUDIT_ARCH_I386,
      .owners =
          {
              {182, Call::kChown, true},   {95, Call::kFchown, true},
              {16, Call::kLchown, true},   {212, Call::kChown},
              {207, Call::kFchown},        {198, Call::kLchown},
              {298, Call::kFchownat},      {23, Call::kSetuid, true},
              {213, Call::kSetuid},        {46, Call::kSetgid, true},
              {214, Call::kSetgid},        {70, Call::kSetreuid, true},
              {71, Call::kSetregid, true}, {203, Call::kSetreuid},
              {204, Call::kSetregid},      {208, Call::kSetresuid},
              {210, Call::kSetresgid},     {215, Call::kSetfsuid},
              {216, Call::kSetfsgid},      {206, Call::kSetgroups},
              {205, Call::kGetgroups},     {24, Call::kGetuid},
              {49, Call::kGeteuid},        {47, Call::kGetgid},
              {50, Call::kGetegid},        {199, Call::kGetuid},
              {201, Call::kGeteuid},       {200, Call::kGetgid},
              {202, Call::kGetegid},       {209, Call::kGetresuid},
              {211, Call::kGetresgid},     {14, Call::kMknod},
              {297, Call::kMknodat},       {5, Call::kOpen},
              {295, Call::kOpenat},        {8, Call::kCreat},
              {39, Call::kMkdir},          {296, Call::kMkdirat},
              {83, Call::kSymlink},        {304, Call::kSymlinkat},
              {226, Call::kSetxattr},      {227, Call::kLsetxattr},
              {228, Call::kFsetxattr},     {235, Call::kRemovexattr},
              {236, Call::kLremovexattr},  {237, Call::kFremovexattr},
              {11, Call::kExecve},         {358, Call::kExecveat},
              {61, Call::kChroot},         {172, Call::kPrctl},
              {185, Call::kCapset},        {60, Call::kUmask},
          },
      .permissions = PermissionRows(AUDIT_ARCH_I386),
      .stat = {},
      .clock = {},
      .machine =
          {
              {242, Call::kSchedGetaffinity},
              {241, Call::kSchedSetaffinity},
              {318, Call::kGetcpu},
              {122, Call::kUname},
          },
      .program_start = {},
      .sockets = {{102, Call::kSocketcall}},
      .rseq = 386,
      .limits = {75, 340},
  };
}
#endif

}  // namespace

uint32_t NativeArchitecture() {
#if defined(__x86_64__)
  return AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
  return AUDIT_ARCH_AARCH64;
#else
#error "add the system call numbers of this architecture"
#endif
}

const std::vector<SyscallTable>& KnownSyscallTables() {
  static const auto& tables = *new std::vector<SyscallTable> {
    NativeTable(),
#if defined(__x86_64__)
        I386Table(),
#endif
  };
  return tables;
}

bool HasShortIds(uint32_t architecture, int number) {
  for (const SyscallTable& table : KnownSyscallTables()) {
    if (table.architecture != architecture) continue;
    for (const SyscallRow& row : table.owners) {
      if (row.number == number) return row.short_ids;
    }
  }
  return false;
}

}  // namespace rules_dockerfile
