// Attempts to use up the host's memory, files or processes.

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "lib/sandbox/testing/escape/attempt.h"
#include "lib/sandbox/testing/escape/outcome.h"

namespace rules_dockerfile {
namespace {

std::string RaiseOpenFiles(const Target&) {
  rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_max += 1;
  return Outcome(setrlimit(RLIMIT_NOFILE, &limit));
}

std::string SizeOf(const char* path) {
  struct statvfs info;
  if (statvfs(path, &info) < 0) return Outcome(-1);
  return std::to_string(info.f_blocks * info.f_frsize >> 20) + " MiB";
}

std::string SharedMemorySize(const Target&) { return SizeOf("/dev/shm"); }
std::string DeviceSize(const Target&) { return SizeOf("/dev"); }

std::string RaisePriority(const Target&) {
  Outcomes outcomes;
  outcomes.Add(Outcome(setpriority(PRIO_PROCESS, 0, -20)));
  const sched_param first = {.sched_priority = 99};
  outcomes.Add(Outcome(sched_setscheduler(0, SCHED_FIFO, &first)));
  return outcomes.Text("none");
}

}  // namespace

const Attempts& LimitAttempts() {
  static const Attempts attempts = {
      {"limit_open_files", RaiseOpenFiles},
      {"limit_dev_shm", SharedMemorySize},
      {"limit_dev", DeviceSize},
      {"limit_priority", RaisePriority},
  };
  return attempts;
}

}  // namespace rules_dockerfile
