// Calls about the host, or with much of the kernel behind them. Their arguments
// are such that nothing happens where they are allowed.

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>

#include "lib/sandbox/testing/escape/attempt.h"
#include "lib/sandbox/testing/escape/outcome.h"

namespace rules_dockerfile {
namespace {

constexpr int kQuotactlFd = 443;
constexpr int kMemfdSecret = 447;
constexpr int kLsmSetSelfAttr = 460;

// Allowed and refused for its arguments, or done.
std::string Refused(long result) {
  if (result >= 0) return "ESCAPED";
  return errno == EPERM || errno == ENOSYS ? Outcome(-1)
                                           : "ESCAPED: " + Outcome(-1);
}

std::string AddKey(const Target&) {
  return Refused(syscall(SYS_add_key, "user", "escape", "x", 1, -3));
}

std::string RequestKey(const Target&) {
  return Refused(syscall(SYS_request_key, "user", "escape", nullptr, -3));
}

std::string Keyctl(const Target&) {
  const int get_keyring_id = 0, join_session = 1;
  Outcomes outcomes;
  outcomes.Add(Refused(syscall(SYS_keyctl, get_keyring_id, -3, 0)));
  outcomes.Add(Refused(syscall(SYS_keyctl, join_session, nullptr)));
  return outcomes.Text("none");
}

std::string Bpf(const Target&) {
  bpf_attr attributes = {};
  attributes.map_type = BPF_MAP_TYPE_ARRAY;
  attributes.key_size = 4;
  attributes.value_size = 4;
  attributes.max_entries = 1;
  return Refused(
      syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes));
}

std::string IoUring(const Target&) {
  char parameters[256] = {};
  Outcomes outcomes;
  outcomes.Add(Refused(syscall(SYS_io_uring_setup, 1, parameters)));
  outcomes.Add(Refused(syscall(SYS_io_uring_enter, -1, 0, 0, 0, nullptr, 0)));
  outcomes.Add(Refused(syscall(SYS_io_uring_register, -1, 0, nullptr, 0)));
  return outcomes.Text("none");
}

std::string Userfaultfd(const Target&) {
  Outcomes outcomes;
  outcomes.Add(Refused(syscall(SYS_userfaultfd, 0)));
  outcomes.Add(Refused(syscall(SYS_userfaultfd, 1)));  // UFFD_USER_MODE_ONLY
  return outcomes.Text("none");
}

std::string PerfEvent(const Target&) {
  perf_event_attr attributes = {};
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.exclude_kernel = 1;
  return Refused(syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0));
}

std::string Fanotify(const Target&) {
  Outcomes outcomes;
  outcomes.Add(Refused(syscall(SYS_fanotify_init, 0, O_RDONLY)));
  outcomes.Add(Refused(syscall(SYS_fanotify_init, 0x200, O_RDONLY)));
  return outcomes.Text("none");
}

// Docker's values are 0, 8, 0x20000, 0x20008 and the question.
std::string Personality(const Target&) {
  Outcomes outcomes;
  for (const unsigned value : {ADDR_NO_RANDOMIZE, READ_IMPLIES_EXEC,
                               MMAP_PAGE_ZERO, ADDR_COMPAT_LAYOUT}) {
    outcomes.Add(Refused(syscall(SYS_personality, value)));
  }
  return outcomes.Text("none");
}

std::string Syslog(const Target&) {
  char buffer[64];
  Outcomes outcomes;
  outcomes.Add(Refused(syscall(SYS_syslog, 3, buffer, sizeof buffer)));
  outcomes.Add(Refused(syscall(SYS_syslog, 10, nullptr, 0)));
  return outcomes.Text("none");
}

std::string ClockSettime(const Target&) {
  const timespec none = {.tv_sec = 0, .tv_nsec = -1};
  const timespec no_day[2] = {};
  Outcomes outcomes;
  outcomes.Add(Outcome(syscall(SYS_clock_settime, CLOCK_REALTIME, &none)));
  outcomes.Add(Outcome(syscall(SYS_settimeofday, nullptr, &no_day)));
  return outcomes.Text("none");
}

std::string ClockAdjtime(const Target&) {
  char zeros[256] = {1};  // ADJ_OFFSET of 0
  return Outcome(syscall(SYS_clock_adjtime, CLOCK_REALTIME, zeros));
}

std::string SetHostName(const Target&) {
  Outcomes outcomes;
  outcomes.Add(Outcome(syscall(SYS_sethostname, "escaped", -1)));
  outcomes.Add(Outcome(syscall(SYS_setdomainname, "escaped", -1)));
  return outcomes.Text("none");
}

std::string Swap(const Target&) {
  Outcomes outcomes;
  outcomes.Add(Refused(syscall(SYS_swapon, "/nosuch", 0)));
  outcomes.Add(Refused(syscall(SYS_swapoff, "/nosuch")));
  return outcomes.Text("none");
}

std::string Reboot(const Target&) {
  return Refused(syscall(SYS_reboot, 0, 0, 0, nullptr));  // no magic numbers
}

std::string Kexec(const Target&) {
  Outcomes outcomes;
  outcomes.Add(Refused(syscall(SYS_kexec_load, 0, 99, nullptr, 0)));
#if defined(SYS_kexec_file_load)
  outcomes.Add(Refused(syscall(SYS_kexec_file_load, -1, -1, 0, "", 0)));
#endif
  return outcomes.Text("none");
}

std::string Modules(const Target&) {
  Outcomes outcomes;
  outcomes.Add(Refused(syscall(SYS_init_module, "", 0, "")));
  outcomes.Add(Refused(syscall(SYS_finit_module, -1, "", 0)));
  outcomes.Add(Refused(syscall(SYS_delete_module, "nosuch", 0)));
  return outcomes.Text("none");
}

std::string Quotactl(const Target&) {
  Outcomes outcomes;
  outcomes.Add(
      Refused(syscall(SYS_quotactl, 0x800001, "/dev/sda", 0, nullptr)));
  outcomes.Add(Refused(syscall(kQuotactlFd, -1, 0, 0, nullptr)));
  return outcomes.Text("none");
}

std::string Acct(const Target&) {
  return Refused(syscall(SYS_acct, "/nosuch"));
}

std::string MemoryPolicy(const Target&) {
  Outcomes outcomes;
  outcomes.Add(Refused(syscall(SYS_set_mempolicy, 99, nullptr, 0)));
  outcomes.Add(Refused(syscall(SYS_mbind, 0, 0, 99, nullptr, 0, 0)));
  return outcomes.Text("none");
}

std::string Obsolete(const Target&) {
  Outcomes outcomes;
#if defined(__x86_64__)
  for (const int number :
       {SYS_sysfs, SYS_uselib, SYS_ustat, SYS__sysctl, SYS_create_module,
        SYS_query_module, SYS_get_kernel_syms, SYS_nfsservctl}) {
    outcomes.Add(Refused(syscall(number, 0, 0, 0, 0, 0, 0)));
  }
#endif
  outcomes.Add(Refused(syscall(SYS_lookup_dcookie, 0, nullptr, 0)));
  return outcomes.Text("none");
}

std::string Vhangup(const Target&) { return Outcome(syscall(SYS_vhangup)); }

// A later filter can only take away: the kernel keeps the first.
std::string SeccompOff(const Target&) {
  return Outcome(prctl(PR_SET_SECCOMP, 0, nullptr));
}

std::string UnknownCalls(const Target&) {
  Outcomes outcomes;
  for (const int number : {kLsmSetSelfAttr, 600, 1000}) {
    outcomes.Add(Refused(syscall(number, 0, 0, 0, 0, 0, 0)));
  }
  return outcomes.Text("none");
}

}  // namespace

const Attempts& KernelAttempts() {
  static const Attempts attempts = {
      {"add_key", AddKey},
      {"request_key", RequestKey},
      {"keyctl", Keyctl},
      {"bpf", Bpf},
      {"io_uring", IoUring},
      {"userfaultfd", Userfaultfd},
      {"perf_event_open", PerfEvent},
      {"fanotify", Fanotify},
      {"personality", Personality},
      {"syslog", Syslog},
      {"clock_settime", ClockSettime},
      {"clock_adjtime", ClockAdjtime},
      {"sethostname", SetHostName},
      {"swapon", Swap},
      {"reboot", Reboot},
      {"kexec", Kexec},
      {"modules", Modules},
      {"quotactl", Quotactl},
      {"acct", Acct},
      {"set_mempolicy", MemoryPolicy},
      {"vhangup", Vhangup, true},
      {"obsolete_calls", Obsolete},
      {"seccomp_off", SeccompOff},
      {"unknown_calls", UnknownCalls},
  };
  return attempts;
}

}  // namespace rules_dockerfile
