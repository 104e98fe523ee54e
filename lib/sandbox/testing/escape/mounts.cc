// Mounts, by the calls of old and of new.

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

#include "lib/sandbox/testing/escape/attempt.h"
#include "lib/sandbox/testing/escape/outcome.h"

namespace rules_dockerfile {
namespace {

// Calls newer than the C library's headers; the same number everywhere.
constexpr int kOpenTree = 428;
constexpr int kMoveMount = 429;
constexpr int kFsopen = 430;
constexpr int kFsconfig = 431;
constexpr int kFsmount = 432;
constexpr int kFspick = 433;
constexpr int kMountSetattr = 442;
constexpr int kStatmount = 457;
constexpr int kListmount = 458;
constexpr int kOpenTreeAttr = 467;

// As the kernel has it: MNT_ID_REQ_SIZE_VER0.
struct MountIdRequest {
  uint32_t size = 24;
  uint32_t spare = 0;
  uint64_t mount_id = ~uint64_t{0};  // LSMT_ROOT
  uint64_t param = 0;
};

std::string OfType(const char* type, unsigned long flags, const char* source) {
  return Outcome(mount(source, "/tmp", type, flags, nullptr));
}

std::string MountTmpfs(const Target&) { return OfType("tmpfs", 0, "none"); }
std::string MountProc(const Target&) { return OfType("proc", 0, "proc"); }
std::string MountCgroup(const Target&) { return OfType("cgroup2", 0, "none"); }
std::string MountBind(const Target&) { return OfType(nullptr, MS_BIND, "/"); }

std::string Remount(const Target&) {
  Outcomes outcomes;
  for (const char* path : {"/proc/sys", "/sys", "/etc/hosts", "/"}) {
    outcomes.Add(
        Outcome(mount("none", path, nullptr, MS_REMOUNT | MS_BIND, nullptr)));
  }
  return outcomes.Text("none");
}

std::string ShareMounts(const Target&) {
  return Outcome(mount(nullptr, "/", nullptr, MS_REC | MS_SHARED, nullptr));
}

// What masks and what is read-only.
std::string Unmount(const Target&) {
  Outcomes outcomes;
  for (const char* path : {"/proc/sys", "/proc/keys", "/sys/firmware", "/proc",
                           "/dev/null", "/"}) {
    outcomes.Add(Outcome(umount2(path, MNT_DETACH)));
  }
  return outcomes.Text("none");
}

std::string PivotRoot(const Target&) {
  return Outcome(syscall(SYS_pivot_root, ".", "."));
}

std::string OpenTree(const Target&) {
  Outcomes outcomes;
  const unsigned clone = 1;  // OPEN_TREE_CLONE
  outcomes.Add(Outcome(syscall(kOpenTree, AT_FDCWD, "/", clone)));
  outcomes.Add(Outcome(syscall(kOpenTree, AT_FDCWD, "/", 0)));
  outcomes.Add(
      Outcome(syscall(kOpenTreeAttr, AT_FDCWD, "/", clone, nullptr, 0)));
  return outcomes.Text("none");
}

std::string MoveMount(const Target&) {
  return Outcome(syscall(kMoveMount, AT_FDCWD, "/proc", AT_FDCWD, "/tmp", 0));
}

std::string Fsopen(const Target&) {
  Outcomes outcomes;
  outcomes.Add(Outcome(syscall(kFsopen, "tmpfs", 0)));
  outcomes.Add(Outcome(syscall(kFspick, AT_FDCWD, "/proc", 0)));
  outcomes.Add(Outcome(syscall(kFsconfig, 0, 6, nullptr, nullptr, 0)));
  outcomes.Add(Outcome(syscall(kFsmount, 0, 0, 0)));
  return outcomes.Text("none");
}

std::string MountSetattr(const Target&) {
  const uint64_t attributes[4] = {0, 1, 0, 0};  // clears MOUNT_ATTR_RDONLY
  return Outcome(syscall(kMountSetattr, AT_FDCWD, "/proc/sys", 0, attributes,
                         sizeof attributes));
}

std::string Listmount(const Target&) {
  const MountIdRequest request;
  uint64_t ids[16];
  return Outcome(syscall(kListmount, &request, ids, 16, 0));
}

std::string Statmount(const Target&) {
  MountIdRequest request;
  request.mount_id = 1;
  request.param = 1;
  char buffer[1024];
  return Outcome(syscall(kStatmount, &request, buffer, sizeof buffer, 0));
}

// Our mounts, except for devices, have no setuid programs and no devices.
std::string MountFlags(const Target&) {
  std::istringstream mounts(Contents("/proc/self/mountinfo"));
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string point, flags, word;
    for (int i = 0; i < 5; ++i) words >> point;
    words >> flags;
    struct stat info;
    if (point == "/" || point == "/dev/pts" || stat(point.c_str(), &info) < 0 ||
        S_ISCHR(info.st_mode)) {
      continue;
    }
    if (flags.find("nosuid") == std::string::npos ||
        flags.find("nodev") == std::string::npos) {
      return "ESCAPED: " + point + " is " + flags;
    }
  }
  return "nosuid, nodev";
}

}  // namespace

const Attempts& MountAttempts() {
  static const Attempts attempts = {
      {"mount_tmpfs", MountTmpfs},
      {"mount_proc", MountProc},
      {"mount_cgroup", MountCgroup},
      {"mount_bind", MountBind},
      {"mount_remount", Remount},
      {"mount_shared", ShareMounts, true},
      {"umount", Unmount, true},
      {"pivot_root", PivotRoot, true},
      {"open_tree", OpenTree},
      {"move_mount", MoveMount, true},
      {"fsopen", Fsopen},
      {"mount_setattr", MountSetattr, true},
      {"listmount", Listmount},
      {"statmount", Statmount},
      {"mount_flags", MountFlags},
  };
  return attempts;
}

}  // namespace rules_dockerfile
