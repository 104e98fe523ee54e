#include "lib/sandbox/supervisor/machine_calls.h"

#include <sys/personality.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "lib/sandbox/machine/shown_machine.h"
#include "lib/sandbox/supervisor/notification.h"

namespace rules_dockerfile {
namespace {

constexpr uint64_t kMaskSize = sizeof(uint64_t);
static_assert(kMaxShownProcessors == 8 * kMaskSize);

uint64_t Mask(int processors) {
  return ~uint64_t{0} >> (kMaxShownProcessors - processors);
}

// Whether a process that the caller names by its id exists: the supervisor has
// the caller's /proc.
bool Exists(int pid) {
  if (pid == 0) return true;
  return pid > 0 && access(absl::StrCat("/proc/", pid).c_str(), F_OK) == 0;
}

// Whether it asked to be taken for a program of 32 bits: setarch(8).
bool WantsThirtyTwoBits(const Notification& call) {
  const std::string text = call.target.ReadProcFile("personality");
  return (strtoul(text.c_str(), nullptr, 16) & PER_MASK) == PER_LINUX32;
}

}  // namespace

// As the kernel with so many processors: kernel/sched/syscalls.c.
Answer MachineCalls::GetAffinity(const Notification& call) const {
  const uint32_t size = call.Word(1);
  const uint32_t word = call.native ? sizeof(uint64_t) : sizeof(uint32_t);
  if (size % word != 0 || uint64_t{size} * 8 < uint64_t(processors_)) {
    return Answer::Error(EINVAL);
  }
  if (!Exists(call.Fd(0))) return Answer::Error(ESRCH);
  const uint64_t mask = Mask(processors_);
  const uint64_t length = std::min<uint64_t>(size, kMaskSize);
  if (!call.target.Write(call.arguments[2], &mask, length)) {
    return Answer::Error(EFAULT);
  }
  return Answer::Value(static_cast<int64_t>(length));
}

Answer MachineCalls::SetAffinity(const Notification& call) const {
  uint64_t mask = 0;
  const uint64_t length = std::min<uint64_t>(call.Word(1), kMaskSize);
  if (!call.target.Read(call.arguments[2], &mask, length)) {
    return Answer::Error(EFAULT);
  }
  if (!Exists(call.Fd(0))) return Answer::Error(ESRCH);
  return Answer::Error((mask & Mask(processors_)) == 0 ? EINVAL : 0);
}

Answer MachineCalls::GetCpu(const Notification& call) const {
  constexpr uint32_t kFirst = 0;
  for (int i = 0; i < 2; ++i) {
    if (call.arguments[i] != 0 &&
        !call.target.WriteValue(call.arguments[i], kFirst)) {
      return Answer::Error(EFAULT);
    }
  }
  return Answer::Error(0);
}

Answer MachineCalls::Uname(const Notification& call) const {
  utsname name;  // the host name is that of the sandbox
  if (uname(&name) < 0) return Answer::Error(errno);
  // All of a field, so that nothing shows behind its end.
  strncpy(name.release, kShownKernelRelease, sizeof name.release);
  strncpy(name.version, kShownKernelVersion, sizeof name.version);
  if (WantsThirtyTwoBits(call)) {
#if defined(__x86_64__)
    strncpy(name.machine, "i686", sizeof name.machine);
#elif defined(__aarch64__)
    strncpy(name.machine, "armv8l", sizeof name.machine);
#endif
  }
  return Answer::Error(
      call.target.WriteValue(call.arguments[0], name) ? 0 : EFAULT);
}

Answer MachineCalls::Sysinfo(const Notification& call) const {
  struct sysinfo info;
  if (sysinfo(&info) < 0) return Answer::Error(errno);
  struct sysinfo shown = {};
  shown.uptime = fixed_boot_ ? 1 : info.uptime;
  shown.totalram = static_cast<unsigned long>(ShownMemory(processors_));
  shown.freeram = static_cast<unsigned long>(ShownFreeMemory(processors_));
  shown.procs = 1;
  shown.mem_unit = 1;
  return Answer::Error(
      call.target.WriteValue(call.arguments[0], shown) ? 0 : EFAULT);
}

}  // namespace rules_dockerfile
