// Files of the host by a path: its own name, `..`, magic links.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "lib/sandbox/testing/escape/attempt.h"
#include "lib/sandbox/testing/escape/outcome.h"

namespace rules_dockerfile {
namespace {

constexpr char kUp[] = "../../../../../../../../../../../../../../../..";

std::string MarkerByName(const Target& target) {
  return ReadMarker(target.marker);
}

std::string MarkerByDotDot(const Target& target) {
  return ReadMarker(kUp + target.marker);
}

std::string MarkerByLink(const Target& target) {
  unlink("/escape_link");
  if (symlink((kUp + target.marker).c_str(), "/escape_link") < 0) {
    return Outcome(-1);
  }
  const std::string outcome = ReadMarker("/escape_link");
  unlink("/escape_link");
  return outcome;
}

std::string WorkingDirectory(const Target&) {
  char path[4096];
  if (syscall(SYS_getcwd, path, sizeof path) < 0) return Outcome(-1);
  if (path[0] != '/') return "ESCAPED: " + std::string(path);
  return SameFile(kUp, "/") ? "below the root" : "ESCAPED: .. leads elsewhere";
}

// Where `path` leads to, and whether the root is above it.
std::string LeadsTo(const std::string& path, const Target& target) {
  struct stat info;
  if (stat(path.c_str(), &info) < 0) return Outcome(-1);
  const std::string marker = ReadMarker(path + "/" + kUp + target.marker);
  if (marker.starts_with("ESCAPED")) return marker;
  return SameFile(path + "/" + kUp, "/") ? "the root of the sandbox"
                                         : "ESCAPED: " + path;
}

std::string RootsOfOthers(const Target& target) {
  return ForOtherProcesses(
      [&](const std::string& proc) { return LeadsTo(proc + "/root", target); });
}

std::string DirectoriesOfOthers(const Target& target) {
  return ForOtherProcesses(
      [&](const std::string& proc) { return LeadsTo(proc + "/cwd", target); });
}

std::string RootOfPidOne(const Target& target) {
  return LeadsTo("/proc/1/root", target);
}

std::string MagicLinksOfTasks(const Target& target) {
  Outcomes outcomes;
  std::vector<std::string> tasks;
  List("/proc/1/task", tasks);
  for (const std::string& task : tasks) {
    for (const char* link : {"/root", "/cwd"}) {
      outcomes.Add(LeadsTo("/proc/1/task/" + task + link, target));
    }
  }
  return outcomes.Text("none");
}

// The classic way out of a chroot: a second one above the working directory.
std::string ChrootTwice(const Target& target) {
  mkdir("/escape_chroot", 0755);
  const int top = open("/", O_RDONLY | O_DIRECTORY);
  const int entered = chroot("/escape_chroot");
  unlinkat(top, "escape_chroot", AT_REMOVEDIR);
  if (entered < 0) return Outcome(-1);
  if (fchdir(top) < 0) return Outcome(-1);
  for (int i = 0; i < 64; ++i) {
    if (chdir("..") < 0) return Outcome(-1);
  }
  if (chroot(".") < 0) return Outcome(-1);
  return ReadMarker(target.marker);
}

// open_by_handle_at(2) accepts a handle that anyone can construct: inode 2 is
// the root of most file systems.
std::string ForgedHandle(const Target&) {
  struct {
    file_handle head;
    unsigned char bytes[8];
  } handle = {};
  handle.head.handle_bytes = 8;
  handle.head.handle_type = 1;  // FILEID_INO32_GEN
  handle.bytes[0] = 2;
  Outcomes outcomes;
  for (const char* path : {"/", "/dev", "/etc/hosts", "/proc"}) {
    const int mount = open(path, O_RDONLY);
    outcomes.Add(Outcome(open_by_handle_at(mount, &handle.head, O_RDONLY),
                         "ESCAPED: " + std::string(path)));
  }
  return outcomes.Text("none");
}

std::string MarkerOfTheHostsShm(const Target& target) {
  return ReadMarker(target.shm_marker);
}

// The result of a `call` that reaches the marker: it looks for more than its
// name.
std::string TryCalls(const std::string& path) {
  struct stat info;
  Outcomes outcomes;
  const auto add = [&](const char* call, long result) {
    outcomes.Add(Outcome(result, "ESCAPED: " + std::string(call) + " " + path));
  };
  const std::string beside = path + ".new";
  add("stat", stat(path.c_str(), &info));
  add("lstat", lstat(path.c_str(), &info));
  add("open", open(path.c_str(), O_RDWR | O_CREAT, 0600));
  add("chown", chown(path.c_str(), 1, 1));
  add("lchown", lchown(path.c_str(), 1, 1));
  add("fchownat", fchownat(AT_FDCWD, path.c_str(), 1, 1, 0));
  add("setxattr", setxattr(path.c_str(), "user.escape", "x", 1, 0));
  add("mkdir", mkdir(beside.c_str(), 0700));
  add("mknod", mknod(beside.c_str(), S_IFIFO | 0600, 0));
  add("symlink", symlink("x", beside.c_str()));
  add("execve", execl(path.c_str(), "x", nullptr));
  return outcomes.Text("none");
}

// Calls that a supervisor outside answers, with paths that mean another place
// there: its own /proc/self, its descriptors.
std::string MarkerBySupervisor(const Target& target) {
  std::vector<std::string> starts = {
      "/proc/self/root", "/proc/self/cwd", "/proc/thread-self/root",
      "/proc/thread-self/cwd", "/proc/self/task/1/root"};
  for (int fd = 0; fd < 64; ++fd) {
    if (fd == target.outcome_fd) continue;
    starts.push_back("/proc/self/fd/" + std::to_string(fd));
  }
  Outcomes outcomes;
  for (const std::string& start : starts) {
    outcomes.Add(TryCalls(start + "/" + kUp + target.marker));
    outcomes.Add(TryCalls(start + target.marker));
  }
  const std::string text = outcomes.Text("none");
  return text.starts_with("ESCAPED") ? text : "no call reaches it";
}

}  // namespace

const Attempts& PathAttempts() {
  static const Attempts attempts = {
      {"marker_by_name", MarkerByName},
      {"marker_by_dot_dot", MarkerByDotDot},
      {"marker_by_link", MarkerByLink},
      {"marker_in_dev_shm", MarkerOfTheHostsShm},
      {"marker_by_supervisor", MarkerBySupervisor},
      {"working_directory", WorkingDirectory},
      {"proc_root_of_pid_1", RootOfPidOne},
      {"proc_root_of_others", RootsOfOthers},
      {"proc_cwd_of_others", DirectoriesOfOthers},
      {"proc_links_of_tasks", MagicLinksOfTasks},
      {"chroot_twice", ChrootTwice},
      {"open_by_handle_at", ForgedHandle},
  };
  return attempts;
}

}  // namespace rules_dockerfile
