// Namespaces: those of others, and new ones, in which one has all capabilities.

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lib/sandbox/testing/escape/attempt.h"
#include "lib/sandbox/testing/escape/outcome.h"

namespace rules_dockerfile {
namespace {

constexpr uint64_t kNewTime = 0x80;
constexpr uint64_t kNamespaces[] = {CLONE_NEWUSER,   CLONE_NEWNS,  CLONE_NEWPID,
                                    CLONE_NEWNET,    CLONE_NEWIPC, CLONE_NEWUTS,
                                    CLONE_NEWCGROUP, kNewTime};

// Each namespace of each process, its own too.
std::string EnterEach(const Target&) {
  Outcomes outcomes;
  std::vector<std::string> pids;
  List("/proc", pids);
  for (const std::string& pid : pids) {
    std::vector<std::string> names;
    List("/proc/" + pid + "/ns", names);
    for (const std::string& name : names) {
      const std::string path = "/proc/" + pid + "/ns/" + name;
      const int fd = open(path.c_str(), O_RDONLY);
      outcomes.Add(
          fd < 0 ? Outcome(-1)
                 : Outcome(syscall(SYS_setns, fd, 0), "ESCAPED: " + path));
      close(fd);
    }
  }
  return outcomes.Text("no namespace to be seen");
}

std::string EnterPidfd(const Target&) {
  const long fd = syscall(SYS_pidfd_open, 1, 0);
  if (fd < 0) return Outcome(-1);
  return Outcome(syscall(SYS_setns, fd, CLONE_NEWNS | CLONE_NEWPID));
}

// A descriptor of the namespace in which ours was made: the host's.
std::string ParentNamespaces(const Target&) {
  Outcomes outcomes;
  for (const char* name : {"user", "pid"}) {
    const std::string path = "/proc/self/ns/" + std::string(name);
    const int fd = open(path.c_str(), O_RDONLY);
    outcomes.Add(fd < 0 ? Outcome(-1)
                        : Outcome(ioctl(fd, NS_GET_PARENT),
                                  "ESCAPED: the parent of " + path));
  }
  return outcomes.Text("none");
}

std::string Unshare(const Target&) {
  Outcomes outcomes;
  for (const uint64_t flag : kNamespaces) {
    outcomes.Add(Outcome(syscall(SYS_unshare, flag)));
  }
  outcomes.Add(Outcome(syscall(SYS_unshare, CLONE_NEWUSER | CLONE_NEWNS)));
  return outcomes.Text("none");
}

std::string Clone(const Target&) {
  Outcomes outcomes;
  for (const uint64_t flag : kNamespaces) {
    if (flag == kNewTime) continue;  // its bit is a signal's in clone(2)
    const long child =
        syscall(SYS_clone, flag | SIGCHLD, nullptr, nullptr, nullptr, 0);
    if (child == 0) _exit(0);
    outcomes.Add(Outcome(child));
    if (child > 0) waitpid(static_cast<pid_t>(child), nullptr, 0);
  }
  return outcomes.Text("none");
}

std::string Clone3(const Target&) {
  Outcomes outcomes;
  for (const uint64_t flag : kNamespaces) {
    const struct {
      uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack,
          stack_size, tls;
    } arguments = {.flags = flag, .exit_signal = SIGCHLD};
    const long child = syscall(435, &arguments, sizeof arguments);
    if (child == 0) _exit(0);
    outcomes.Add(Outcome(child));
    if (child > 0) waitpid(static_cast<pid_t>(child), nullptr, 0);
  }
  return outcomes.Text("none");
}

}  // namespace

const Attempts& NamespaceAttempts() {
  static const Attempts attempts = {
      {"setns", EnterEach},
      {"setns_pidfd", EnterPidfd},
      {"ns_get_parent", ParentNamespaces},
      {"unshare", Unshare},
      {"clone", Clone},
      {"clone3", Clone3},
  };
  return attempts;
}

}  // namespace rules_dockerfile
