// What /proc and /sys expose of the host, to read and to change.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "lib/sandbox/testing/escape/attempt.h"
#include "lib/sandbox/testing/escape/outcome.h"

namespace rules_dockerfile {
namespace {

std::string OpenForWriting(const char* path) {
  const int fd = open(path, O_WRONLY | O_NONBLOCK);
  // The error is another for root and for an ordinary user.
  return fd < 0 ? "cannot be written"
                : "ESCAPED: " + std::string(path) + " opens for writing";
}

std::string ProcSys(const Target&) { return OpenAllForWriting("/proc/sys"); }

// What /proc holds besides processes and /proc/sys.
std::string ProcOthers(const Target&) {
  std::vector<std::string> names;
  List("/proc", names);
  // Triggers on pressure are for everyone, and of the one who sets them.
  std::set<std::string> except = {"sys", "self", "thread-self", "pressure"};
  for (const std::string& name : names) {
    if (isdigit(name[0])) except.insert(name);
  }
  return OpenAllForWriting("/proc", except);
}

std::string Sys(const Target&) { return OpenAllForWriting("/sys"); }

// Files with secrets of the kernel: Docker's "Masked Paths".
std::string Masked(const Target&) {
  for (const char* path :
       {"/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/kmsg",
        "/proc/kpagecount", "/proc/kpageflags", "/proc/latency_stats",
        "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug"}) {
    const int fd = open(path, O_RDONLY | O_NONBLOCK);
    if (fd < 0) continue;
    char byte;
    const ssize_t got = read(fd, &byte, 1);
    close(fd);
    if (got > 0) return "ESCAPED: " + std::string(path) + " can be read";
  }
  return "nothing to read";
}

std::string MaskedDirectories(const Target&) {
  for (const char* path :
       {"/proc/acpi", "/proc/asound", "/proc/scsi", "/sys/firmware",
        "/sys/kernel/debug", "/sys/devices/virtual/powercap"}) {
    std::vector<std::string> names;
    if (List(path, names) && !names.empty()) {
      return "ESCAPED: " + std::string(path) + "/" + names[0];
    }
  }
  return "empty";
}

// Makes a cgroup, in which a release_agent would be run by the host.
std::string CgroupDirectory(const Target&) {
  Outcomes outcomes;
  std::istringstream mounts(Contents("/proc/self/mountinfo"));
  for (std::string line; std::getline(mounts, line);) {
    if (line.find(" - cgroup") == std::string::npos) continue;
    std::istringstream words(line);
    std::string point;
    for (int i = 0; i < 5; ++i) words >> point;
    outcomes.Add(Outcome(mkdir((point + "/escape").c_str(), 0755),
                         "ESCAPED: " + point + "/escape"));
  }
  return outcomes.Text("no cgroup");
}

std::string CgroupReleaseAgent(const Target&) {
  Outcomes outcomes;
  std::vector<std::string> names;
  List("/sys/fs/cgroup", names);
  names.push_back(".");
  for (const std::string& name : names) {
    for (const char* file :
         {"release_agent", "cgroup.procs", "devices.allow"}) {
      const std::string path = "/sys/fs/cgroup/" + name + "/" + file;
      const int fd = open(path.c_str(), O_WRONLY);
      if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) continue;
      outcomes.Add(Outcome(fd, "ESCAPED: " + path + " opens for writing"));
    }
  }
  return outcomes.Text("no cgroup");
}

// A process of the host that shows here.
std::string HostProcesses(const Target& target) {
  std::vector<std::string> names;
  List("/proc", names);
  for (const std::string& name : names) {
    if (!isdigit(name[0])) continue;
    const std::string path = "/proc/" + name;
    if (Contents(path + "/comm") == std::string(kOutsideProcess) + "\n" ||
        Contents(path + "/cmdline").find(target.marker) == 0) {
      return "ESCAPED: " + path;
    }
  }
  return "hidden";
}

std::string Environments(const Target&) {
  return ForOtherProcesses([](const std::string& proc) -> std::string {
    const int fd = open((proc + "/environ").c_str(), O_RDONLY);
    if (fd < 0) return Outcome(-1);
    close(fd);
    return Contents(proc + "/environ").find(kOutsideSecret) == std::string::npos
               ? "nothing of the host"
               : "ESCAPED: " + proc + "/environ";
  });
}

// The other half of a process' secrets.
std::string CommandLines(const Target&) {
  return ForOtherProcesses([](const std::string& proc) -> std::string {
    return Contents(proc + "/cmdline").find(kOutsideSecret) == std::string::npos
               ? "nothing of the host"
               : "ESCAPED: " + proc + "/cmdline";
  });
}

std::string CorePattern(const Target&) {
  return OpenForWriting("/proc/sys/kernel/core_pattern");
}

std::string SysrqTrigger(const Target&) {
  return OpenForWriting("/proc/sysrq-trigger");
}

std::string UeventHelper(const Target&) {
  return OpenForWriting("/sys/kernel/uevent_helper");
}

}  // namespace

const Attempts& ProcFileAttempts() {
  static const Attempts attempts = {
      {"proc_core_pattern", CorePattern},
      {"proc_sysrq_trigger", SysrqTrigger},
      {"proc_sys_writable", ProcSys},
      {"proc_others_writable", ProcOthers},
      {"proc_masked", Masked},
      {"proc_masked_directories", MaskedDirectories},
      {"proc_host_processes", HostProcesses},
      {"proc_environ_of_others", Environments},
      {"proc_cmdline_of_others", CommandLines},
      {"sys_writable", Sys},
      {"sys_uevent_helper", UeventHelper},
      {"cgroup_mkdir", CgroupDirectory},
      {"cgroup_release_agent", CgroupReleaseAgent},
  };
  return attempts;
}

}  // namespace rules_dockerfile
