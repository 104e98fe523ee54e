#include "lib/sandbox/namespaces/process_state.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/namespaces/users.h"
#include "lib/sandbox/seccomp/seccomp_program.h"
#include "lib/sandbox/seccomp/syscall_policy.h"

namespace rules_dockerfile {
namespace {

constexpr int kCapabilities[] = {
    CAP_CHOWN,   CAP_DAC_OVERRIDE, CAP_FSETID,           CAP_FOWNER,
    CAP_MKNOD,   CAP_NET_RAW,      CAP_SETGID,           CAP_SETUID,
    CAP_SETFCAP, CAP_SETPCAP,      CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT,
    CAP_KILL,    CAP_AUDIT_WRITE};
constexpr int kMaxCapability = 63;

struct Limit {
  decltype(RLIMIT_CORE) resource;
  rlim_t soft;
  rlim_t hard;
};
constexpr rlim_t kMebibyte = 1024 * 1024;
constexpr Limit kLimits[] = {
    {RLIMIT_CORE, 0, 0},
    {RLIMIT_NOFILE, 1024, 524288},
    {RLIMIT_STACK, 8 * kMebibyte, RLIM_INFINITY},
    {RLIMIT_MEMLOCK, 8 * kMebibyte, 8 * kMebibyte},
    {RLIMIT_CPU, RLIM_INFINITY, RLIM_INFINITY},
    {RLIMIT_FSIZE, RLIM_INFINITY, RLIM_INFINITY},
    {RLIMIT_DATA, RLIM_INFINITY, RLIM_INFINITY},
    {RLIMIT_AS, RLIM_INFINITY, RLIM_INFINITY},
    {RLIMIT_NPROC, RLIM_INFINITY, RLIM_INFINITY},
};

// The kernel's RESERVED_PIDS: pid_max is larger.
constexpr int kFewestPids = 300;
// As if it used half of the host's memory more than it does.
constexpr absl::string_view kOomScoreAdjustment = "500";

void WriteText(const char* path, absl::string_view text) {
  const UniqueFd fd(open(path, O_WRONLY | O_CLOEXEC));
  if (fd.ok()) WriteAll(fd.get(), text);
}

// Linux 5.19: a call that the supervisor has begun with is not restarted by
// signals. Newer than the headers.
constexpr unsigned kWaitKillable = 1u << 5;

}  // namespace

void SetResourceLimits(int processes) {
  for (const Limit& wanted : kLimits) {
    rlimit limit = {.rlim_cur = wanted.soft, .rlim_max = wanted.hard};
    if (setrlimit(wanted.resource, &limit) == 0) continue;
    // Without privileges a hard limit goes down only.
    if (getrlimit(wanted.resource, &limit) < 0) continue;
    limit.rlim_max = std::min(limit.rlim_max, wanted.hard);
    limit.rlim_cur = std::min(limit.rlim_max, wanted.soft);
    setrlimit(wanted.resource, &limit);
  }
  rlimit limit;
  if (processes == 0 || getrlimit(RLIMIT_NPROC, &limit) < 0) return;
  limit.rlim_max = std::min(limit.rlim_max, static_cast<rlim_t>(processes));
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NPROC, &limit);
}

void LimitPidNamespace(int processes) {
  // On an older kernel the file is that of the complete host.
  utsname kernel = {};
  int major = 0;
  int minor = 0;
  uname(&kernel);
  if (processes == 0 || getpid() != 1 ||
      sscanf(kernel.release, "%d.%d", &major, &minor) != 2 ||
      std::pair(major, minor) < std::pair(6, 14)) {
    return;
  }
  WriteText("/proc/sys/kernel/pid_max",
            absl::StrCat(std::max(processes, kFewestPids) + 1));
}

void OfferToOomKiller() {
  WriteText("/proc/self/oom_score_adj", kOomScoreAdjustment);
}

absl::Status LimitCapabilities() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  for (int capability = 0; capability <= kMaxCapability; ++capability) {
    if (absl::c_linear_search(kCapabilities, capability)) {
      const uint32_t bit = uint32_t{1} << (capability % 32);
      data[capability / 32].effective |= bit;
      data[capability / 32].permitted |= bit;
    } else if (prctl(PR_CAPBSET_READ, capability) == 1 &&
               prctl(PR_CAPBSET_DROP, capability) < 0) {
      return absl::ErrnoToStatus(errno, "cannot drop a capability");
    }
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  // Of a process that lacks some itself no more can be asked.
  __user_cap_data_struct now[2] = {};
  if (syscall(SYS_capget, &header, now) == 0) {
    for (int i = 0; i < 2; ++i) {
      data[i].permitted &= now[i].permitted;
      data[i].effective &= now[i].permitted;
    }
  }
  if (syscall(SYS_capset, &header, data) < 0) {
    return absl::ErrnoToStatus(errno, "cannot set the capabilities");
  }
  return absl::OkStatus();
}

absl::Status BecomeUser(const UserIds& user) {
  const std::vector<gid_t> groups(user.groups.begin(), user.groups.end());
  if (setgroups(groups.size(), groups.data()) < 0 ||
      setresgid(user.gid, user.gid, user.gid) < 0 ||
      setresuid(user.uid, user.uid, user.uid) < 0) {
    return absl::ErrnoToStatus(errno, "cannot become the user");
  }
  return absl::OkStatus();
}

absl::StatusOr<UniqueFd> InstallFilter(const SyscallPolicyOptions& options) {
  const std::vector<SeccompTable> policy = SyscallPolicy(options);
  std::vector<sock_filter> program = CompileSeccompProgram(policy);
  const sock_fprog filter = {.len = static_cast<unsigned short>(program.size()),
                             .filter = program.data()};
  const bool supervised = AsksSupervisor(policy);
  const auto install = [&](unsigned flags) {
    return static_cast<int>(
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter));
  };
  int result = -1;
  if (!supervised) {
    result = install(0);
  } else {
    result = install(SECCOMP_FILTER_FLAG_NEW_LISTENER | kWaitKillable);
    if (result < 0 && errno == EINVAL) {
      result = install(SECCOMP_FILTER_FLAG_NEW_LISTENER);
    }
  }
  if (result < 0) {
    return absl::ErrnoToStatus(errno, "cannot install the seccomp filter");
  }
  return supervised ? UniqueFd(result) : UniqueFd();
}

}  // namespace rules_dockerfile
