// Files of the host by a path: its own name, `..`, magic links.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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
  rmdir("/escape_chroot");
  if (entered < 0) return Outcome(-1);
  if (fchdir(top) < 0) return Outcome(-1);
  for (int i = 0; i < 64; ++i) {
    if (chdir("..") < 0) return Outcome(-1);
  }
  if (chroot(".") < 0) return Outcome(-1);
  return ReadMarker(target.marker);
}

// open_by_handle_at(2) takes a handle that anyone can make up: inode 2 is the
// root of most file systems.
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

}  // namespace

const Attempts& PathAttempts() {
  static const Attempts attempts = {
      {"marker_by_name", MarkerByName},
      {"marker_by_dot_dot", MarkerByDotDot},
      {"marker_by_link", MarkerByLink},
      {"marker_in_dev_shm", MarkerOfTheHostsShm},
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
