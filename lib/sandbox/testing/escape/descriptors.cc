// Descriptors of the host that were left open.

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "lib/sandbox/testing/escape/attempt.h"
#include "lib/sandbox/testing/escape/outcome.h"

namespace rules_dockerfile {
namespace {

std::string LinkTarget(const std::string& path) {
  char target[4096];
  const ssize_t size = readlink(path.c_str(), target, sizeof target);
  return size < 0 ? Outcome(-1) : std::string(target, size);
}

// Without /proc, so that nothing can hide one.
std::string OwnDescriptors(const Target& target) {
  rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  const int end = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1 << 20));
  for (int fd = 3; fd < end; ++fd) {
    if (fd == target.outcome_fd || fcntl(fd, F_GETFD) < 0) continue;
    const std::string number = std::to_string(fd);
    return "ESCAPED: " + number + " is " +
           LinkTarget("/proc/self/fd/" + number);
  }
  return "none";
}

// A file would be one of the host.
std::string KindOf(int fd) {
  struct stat info;
  if (fstat(fd, &info) < 0) return Outcome(-1);
  if (S_ISFIFO(info.st_mode)) return "pipe";
  if (S_ISCHR(info.st_mode) && info.st_rdev == makedev(1, 3)) return "null";
  if (isatty(fd)) return "terminal";
  return "ESCAPED: " + std::to_string(fd) + " is " +
         LinkTarget("/proc/self/fd/" + std::to_string(fd));
}

std::string StandardDescriptors(const Target&) {
  Outcomes outcomes;
  for (int fd = 0; fd <= 2; ++fd) outcomes.Add(KindOf(fd));
  return outcomes.Text("none");
}

// As the image sees it: through a link in /dev.
std::string DeviceLinks(const Target&) {
  Outcomes outcomes;
  for (const char* path : {"/dev/stdin", "/dev/stdout", "/dev/stderr"}) {
    const int fd = open(path, O_RDWR | O_NONBLOCK);
    outcomes.Add(fd < 0 ? Outcome(-1) : KindOf(fd));
  }
  return outcomes.Text("none");
}

std::string DescriptorsOf(const std::string& proc) {
  std::vector<std::string> names;
  if (!List(proc + "/fd", names)) return Outcome(-1);
  for (const std::string& name : names) {
    if (atoi(name.c_str()) <= 2) continue;
    return "ESCAPED: " + proc + "/fd/" + name + " is " +
           LinkTarget(proc + "/fd/" + name);
  }
  return "0 to 2 alone";
}

std::string DescriptorsOfOthers(const Target&) {
  return ForOtherProcesses(DescriptorsOf);
}

// Not what is listed: each number that a descriptor may have.
std::string DescriptorsByNumber(const Target& target) {
  Outcomes outcomes;
  for (const char* proc : {"/proc/self", "/proc/thread-self", "/proc/1"}) {
    for (int fd = 3; fd < 100; ++fd) {
      // Of the probe: the parent may be pid 1.
      if (fd == target.outcome_fd || fd == target.outcome_reader) continue;
      const std::string path = std::string(proc) + "/fd/" + std::to_string(fd);
      const int opened = open(path.c_str(), O_PATH);
      outcomes.Add(Outcome(opened, "ESCAPED: " + path));
      close(opened);
    }
  }
  return outcomes.Text("none");
}

}  // namespace

const Attempts& DescriptorAttempts() {
  static const Attempts attempts = {
      {"descriptors_own", OwnDescriptors},
      {"descriptors_standard", StandardDescriptors},
      {"descriptors_dev_links", DeviceLinks},
      {"descriptors_others", DescriptorsOfOthers},
      {"descriptors_by_number", DescriptorsByNumber},
  };
  return attempts;
}

}  // namespace rules_dockerfile
