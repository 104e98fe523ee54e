// Other processes: of the host by their ids there, and pid 1.

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <string>

#include "lib/sandbox/testing/escape/attempt.h"
#include "lib/sandbox/testing/escape/outcome.h"

namespace rules_dockerfile {
namespace {

constexpr int kPidfdGetfd = 438;
constexpr int kProcessMadvise = 440;
constexpr int kProcessMrelease = 448;

// Tries it on the process of the host, and on what can be seen.
std::string OnOthers(const Target& target,
                     const std::function<long(int pid)>& attempt) {
  Outcomes outcomes;
  outcomes.Add(Outcome(attempt(target.pid)));
  for (const int pid : OtherProcesses()) outcomes.Add(Outcome(attempt(pid)));
  return outcomes.Text("none");
}

std::string Signal(const Target& target) {
  return Outcome(kill(target.pid, SIGUSR1));
}

std::string QueuedSignal(const Target& target) {
  siginfo_t info = {};
  info.si_signo = SIGUSR1;
  info.si_code = SI_QUEUE;
  return Outcome(syscall(SYS_rt_sigqueueinfo, target.pid, SIGUSR1, &info));
}

std::string ThreadSignal(const Target& target) {
  return Outcome(syscall(SYS_tgkill, target.pid, target.pid, SIGUSR1));
}

std::string OpenPidfd(const Target& target) {
  return Outcome(syscall(SYS_pidfd_open, target.pid, 0));
}

// No command may end the process that keeps its sandbox.
std::string SignalPidOne(const Target&) {
  Outcomes outcomes;
  for (const int number : {SIGSTOP, SIGKILL, SIGTERM}) {
    // The kernel drops what an init process does not handle.
    outcomes.Add(Outcome(kill(1, number), "dropped"));
  }
  return outcomes.Text("none");
}

std::string Seize(const Target& target) {
  return OnOthers(target, [](int pid) {
    return ptrace(PTRACE_SEIZE, pid, nullptr, nullptr);
  });
}

std::string Attach(const Target& target) {
  return OnOthers(target, [](int pid) {
    return ptrace(PTRACE_ATTACH, pid, nullptr, nullptr);
  });
}

std::string ReadMemory(const Target& target) {
  return OnOthers(target, [](int pid) {
    char byte;
    const iovec here = {&byte, 1};
    const iovec there = {reinterpret_cast<void*>(0x400000), 1};
    const long got = process_vm_readv(pid, &here, 1, &there, 1, 0);
    return got < 0 && errno == EFAULT ? 0 : got;  // it was let in
  });
}

std::string WriteMemory(const Target& target) {
  return OnOthers(target, [](int pid) {
    char byte = 0;
    const iovec here = {&byte, 1};
    const iovec there = {nullptr, 1};
    const long got = process_vm_writev(pid, &here, 1, &there, 1, 0);
    return got < 0 && errno == EFAULT ? 0 : got;
  });
}

std::string TakeDescriptor(const Target& target) {
  return OnOthers(target, [](int pid) {
    const long pidfd = syscall(SYS_pidfd_open, pid, 0);
    return pidfd < 0 ? pidfd : syscall(kPidfdGetfd, pidfd, 0, 0);
  });
}

std::string Kcmp(const Target& target) {
  return OnOthers(target, [](int pid) {
    return syscall(SYS_kcmp, getpid(), pid, 0, 0, 0);
  });
}

std::string Limit(const Target& target) {
  return OnOthers(target, [](int pid) {
    rlimit limit = {.rlim_cur = 0, .rlim_max = 0};
    return syscall(SYS_prlimit64, pid, RLIMIT_CORE, &limit, nullptr);
  });
}

std::string Priority(const Target& target) {
  return Outcome(setpriority(PRIO_PROCESS, target.pid, 1));
}

// With a fake machine the supervisor answers.
std::string Affinity(const Target& target) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(0, &set);
  return Outcome(sched_setaffinity(target.pid, sizeof set, &set));
}

std::string Madvise(const Target& target) {
  return OnOthers(target, [](int pid) {
    const long pidfd = syscall(SYS_pidfd_open, pid, 0);
    iovec range = {nullptr, 4096};
    return pidfd < 0 ? pidfd
                     : syscall(kProcessMadvise, pidfd, &range, 1, 20, 0);
  });
}

std::string Release(const Target& target) {
  return OnOthers(target, [](int pid) {
    const long pidfd = syscall(SYS_pidfd_open, pid, 0);
    return pidfd < 0 ? pidfd : syscall(kProcessMrelease, pidfd, 0);
  });
}

std::string MigratePages(const Target& target) {
  return OnOthers(target, [](int pid) {
    const uint64_t nodes = 1;
    return syscall(SYS_migrate_pages, pid, 64, &nodes, &nodes);
  });
}

// Whether any but one's own can be signalled: none is sent.
std::string MayGroup(const Target& target) {
  return Outcome(kill(-target.pid, 0));
}

}  // namespace

const Attempts& ProcessAttempts() {
  static const Attempts attempts = {
      {"kill", Signal},
      {"kill_group", MayGroup},
      {"kill_pid_1", SignalPidOne, true},
      {"rt_sigqueueinfo", QueuedSignal},
      {"tgkill", ThreadSignal},
      {"pidfd_open", OpenPidfd},
      {"pidfd_getfd", TakeDescriptor},
      {"ptrace_seize", Seize, true},
      {"ptrace_attach", Attach, true},
      {"process_vm_readv", ReadMemory},
      {"process_vm_writev", WriteMemory},
      {"process_madvise", Madvise},
      {"process_mrelease", Release, true},
      {"kcmp", Kcmp},
      {"prlimit", Limit, true},
      {"setpriority", Priority},
      {"sched_setaffinity", Affinity},
      {"migrate_pages", MigratePages},
  };
  return attempts;
}

}  // namespace rules_dockerfile
