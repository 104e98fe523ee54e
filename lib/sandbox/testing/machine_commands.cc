#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <sstream>
#include <string>

#include "lib/sandbox/testing/commands.h"

namespace rules_dockerfile {
namespace {

int CountLines(const std::string& path, const std::string& prefix) {
  std::istringstream lines(ReadText(path));
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(prefix)) ++count;
  }
  return count;
}

// How many processors there are, by all that programs ask, and the number of
// the one it runs on.
void PrintProcessors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  Check("sched_getaffinity", sched_getaffinity(0, sizeof set, &set));
  unsigned now = 99;
  Check("getcpu",
        static_cast<int>(syscall(SYS_getcpu, &now, nullptr, nullptr)));
  std::cout << "processors " << CPU_COUNT(&set) << " "
            << sysconf(_SC_NPROCESSORS_ONLN) << " "
            << sysconf(_SC_NPROCESSORS_CONF) << " "
            << CountLines("/proc/cpuinfo", "processor") << " "
            << CountLines("/proc/stat", "cpu") - 1 << " on " << sched_getcpu()
            << " " << now << "\n";
}

void UseProcessor(const std::string& number) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(atoi(number.c_str()), &set);
  Check("sched_setaffinity " + number, sched_setaffinity(0, sizeof set, &set));
}

// The affinity of a process by its id, in so many bytes.
void AskAffinity(const std::string& pid, const std::string& size) {
  cpu_set_t set;
  const long result = syscall(SYS_sched_getaffinity, atoi(pid.c_str()),
                              atoi(size.c_str()), &set);
  if (result < 0) return Check("affinity " + pid + " " + size, -1);
  std::cout << "affinity in " << result << " bytes\n";
}

void PrintMemory() {
  struct sysinfo info;
  sysinfo(&info);
  std::cout << "memory " << info.totalram * info.mem_unit << " free "
            << info.freeram * info.mem_unit << " pages "
            << sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) << " uptime "
            << info.uptime << "\n";
}

void PrintKernel() {
  utsname name;
  uname(&name);
  std::cout << name.sysname << " " << name.nodename << " " << name.release
            << " " << name.version << "\n";
}

void PrintNow() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  timeval day;
  gettimeofday(&day, nullptr);
  std::cout << "now " << now.tv_sec << " " << day.tv_sec << " " << time(nullptr)
            << "\n";
}

void PrintInterfaces() {
  struct if_nameindex* interfaces = if_nameindex();
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  std::cout << "interfaces";
  for (auto* entry = interfaces; entry->if_index != 0; ++entry) {
    ifreq request = {};
    strncpy(request.ifr_name, entry->if_name, sizeof request.ifr_name - 1);
    ioctl(fd, SIOCGIFFLAGS, &request);
    std::cout << " " << entry->if_name
              << (request.ifr_flags & IFF_UP ? "=up" : "=down");
  }
  std::cout << "\n";
  close(fd);
  if_freenameindex(interfaces);
}

}  // namespace

const CommandTable& MachineCommands() {
  using A = const Arguments&;
  static const CommandTable commands = {
      {"processors", [](A) { PrintProcessors(); }},
      {"processor", [](A a) { UseProcessor(a[1]); }},
      {"affinity", [](A a) { AskAffinity(a[1], a[2]); }},
      {"memory", [](A) { PrintMemory(); }},
      {"kernel", [](A) { PrintKernel(); }},
      {"host",
       [](A) {
         utsname name;
         uname(&name);
         std::cout << "host " << name.nodename << "\n";
       }},
      {"now", [](A) { PrintNow(); }},
      {"interfaces", [](A) { PrintInterfaces(); }},
      {"unshare",
       [](A) {
         Check("unshare",
               static_cast<int>(syscall(SYS_unshare, CLONE_NEWUSER)));
       }},
      {"mount",
       [](A) { Check("mount", mount("none", "/tmp", "tmpfs", 0, nullptr)); }},
  };
  return commands;
}

}  // namespace rules_dockerfile
