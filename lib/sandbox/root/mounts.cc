#include "lib/sandbox/root/mounts.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/extract.h"
#include "lib/sandbox/root/bind.h"
#include "lib/sandbox/root/host_files.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/root/rooted_path.h"
#include "lib/sandbox/root/system_files.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// OCI runtime-spec's defaults as Docker sets them: config-linux.md, "Masked
// Paths" and "Readonly Paths".
constexpr const char* kReadOnlyPaths[] = {"/proc/bus", "/proc/fs", "/proc/irq",
                                          "/proc/sys", "/proc/sysrq-trigger"};
constexpr const char* kMaskedPaths[] = {"/proc/acpi",
                                        "/proc/asound",
                                        "/proc/kcore",
                                        "/proc/keys",
                                        "/proc/latency_stats",
                                        "/proc/timer_list",
                                        "/proc/timer_stats",
                                        "/proc/sched_debug",
                                        "/proc/scsi",
                                        "/sys/firmware",
                                        "/sys/devices/virtual/powercap"};

std::string FdPath(int fd) { return absl::StrCat("/proc/self/fd/", fd); }

// The nodes are those of the host: only so can no other be opened, and one id
// makes none.
absl::Status MountDevices(const std::string& dev) {
  if (mount("tmpfs", dev.c_str(), "tmpfs",
            MS_NOSUID | MS_NODEV | MS_STRICTATIME,
            "mode=755,size=65536k") < 0) {
    return MountError("tmpfs", "/dev");
  }
  for (const SystemDevice& device : kSystemDevices) {
    const std::string path = absl::StrCat(dev, "/", device.name);
    ABSL_RETURN_IF_ERROR(MakeFile(path, "", 0666));
    ABSL_RETURN_IF_ERROR(
        Bind(absl::StrCat("/dev/", device.name), path, false, 0));
  }
  ABSL_RETURN_IF_ERROR(MakeDeviceLinks(dev));
  for (const char* name : {"pts", "shm", "mqueue"}) {
    mkdir(absl::StrCat(dev, "/", name).c_str(), 0755);
  }
  return absl::OkStatus();
}

absl::Status MountDev(const RootDirectory& root) {
  ABSL_ASSIGN_OR_RETURN(
      const std::string path,
      ResolveInRoot(UniqueFd(open(root.path.c_str(), O_PATH | O_CLOEXEC)).get(),
                    "/dev"));
  const std::string dev = absl::StrCat(root.path, "/", path);
  ABSL_RETURN_IF_ERROR(MountDevices(dev));
  const std::string pts = absl::StrCat(dev, "/pts");
  constexpr char kPts[] = "newinstance,ptmxmode=0666,mode=0620";
  // The group tty is not mapped in a user namespace.
  if (mount("devpts", pts.c_str(), "devpts", MS_NOSUID | MS_NOEXEC,
            absl::StrCat(kPts, ",gid=5").c_str()) < 0 &&
      mount("devpts", pts.c_str(), "devpts", MS_NOSUID | MS_NOEXEC, kPts) < 0) {
    return MountError("devpts", "/dev/pts");
  }
  if (mount("shm", absl::StrCat(dev, "/shm").c_str(), "tmpfs", kHardened,
            "mode=1777,size=65536k") < 0) {
    return MountError("tmpfs", "/dev/shm");
  }
  // A kernel may have been built without.
  mount("mqueue", absl::StrCat(dev, "/mqueue").c_str(), "mqueue", kHardened,
        nullptr);
  return absl::OkStatus();
}

absl::Status MountSys(const std::string& sys) {
  if (mount("sysfs", sys.c_str(), "sysfs", kHardened | MS_RDONLY, nullptr) ==
      0) {
    return absl::OkStatus();
  }
  // Only the owner of the network namespace may; with the host's network that
  // is the host.
  return Bind("/sys", sys, /*read_only=*/true, kHardened);
}

// Where `target` is now, with the files and directories made that are missing.
absl::StatusOr<std::string> MountTarget(const RootDirectory& root,
                                        const std::string& target,
                                        bool directory) {
  const UniqueFd top(open(root.path.c_str(), O_PATH | O_CLOEXEC));
  ABSL_ASSIGN_OR_RETURN(const std::string path,
                        ResolveInRoot(top.get(), target));
  ABSL_RETURN_IF_ERROR(MakeInRoot(top.get(), path, directory).status());
  return absl::StrCat(root.path, "/", path);
}

absl::Status BindText(const RootDirectory& root, const std::string& name,
                      const std::string& text, const std::string& target) {
  const std::string source = absl::StrCat(root.scratch, "/files/", name);
  ABSL_RETURN_IF_ERROR(MakeFile(source, text, 0644));
  ABSL_ASSIGN_OR_RETURN(const std::string at,
                        MountTarget(root, target, /*directory=*/false));
  return Bind(source, at, /*read_only=*/true, kHardened);
}

// A file of its own in memory, bound to its target.
absl::Status MountFile(const SandboxMount& mount, int number, SandboxMode mode,
                       const RootDirectory& root) {
  const std::string source = absl::StrCat(root.scratch, "/files/", number);
  ABSL_RETURN_IF_ERROR(MakeFile(source, mount.contents, mount.mode));
  const UniqueFd fd(open(source.c_str(), O_RDONLY | O_CLOEXEC));
  ABSL_RETURN_IF_ERROR(
      SetOwner(fd.get(), {.uid = mount.uid, .gid = mount.gid}, OwnersOf(mode)));
  ABSL_ASSIGN_OR_RETURN(const std::string at,
                        MountTarget(root, mount.target, /*directory=*/false));
  return Bind(source, at, mount.read_only, MS_NOSUID | MS_NODEV);
}

// A directory of its own, bound to its target whole or in part.
absl::Status MountTree(const SandboxMount& mount, int number, SandboxMode mode,
                       RootDirectory& root) {
  const std::string source = absl::StrCat(root.scratch, "/trees/", number);
  if (mkdir(source.c_str(), 0755) < 0) return MountError(source, mount.target);
  const UniqueFd fd(open(source.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ABSL_ASSIGN_OR_RETURN(const SpecialOwners owners,
                        mount.fill({.fd = fd.get(), .owners = OwnersOf(mode)}));
  ABSL_ASSIGN_OR_RETURN(
      const std::string at,
      MountTarget(root, mount.target, /*directory=*/mount.source.empty()));
  const std::string below_root = at.substr(root.path.size() + 1);
  for (const auto& [path, owner] : owners) {
    root.special_owners[absl::StrCat(below_root, "/", path)] = owner;
  }
  return Bind(absl::StrCat(source, "/", mount.source), at, mount.read_only,
              MS_NOSUID | MS_NODEV);
}

absl::Status MountTmpfs(const SandboxMount& mount, const RootDirectory& root) {
  ABSL_ASSIGN_OR_RETURN(const std::string at,
                        MountTarget(root, mount.target, /*directory=*/true));
  std::string options = absl::StrFormat("mode=%o", mount.mode);
  if (mount.size > 0) absl::StrAppend(&options, ",size=", mount.size);
  if (::mount("tmpfs", at.c_str(), "tmpfs", MS_NOSUID | MS_NODEV,
              options.c_str()) < 0) {
    return MountError("tmpfs", mount.target);
  }
  return absl::OkStatus();
}

absl::Status MountBind(const SandboxMount& mount, int source,
                       const RootDirectory& root) {
  struct stat info;
  if (fstat(source, &info) < 0) return MountError(mount.source, mount.target);
  ABSL_ASSIGN_OR_RETURN(const std::string at,
                        MountTarget(root, mount.target, S_ISDIR(info.st_mode)));
  return Bind(FdPath(source), at, mount.read_only, MS_NOSUID | MS_NODEV);
}

}  // namespace

absl::Status MountInRoot(const SandboxSpec& spec, SandboxMode mode,
                         const HostFiles& host_files, RootDirectory& root) {
  ABSL_RETURN_IF_ERROR(MountDev(root));
  ABSL_ASSIGN_OR_RETURN(const std::string sys,
                        MountTarget(root, "/sys", /*directory=*/true));
  ABSL_RETURN_IF_ERROR(MountSys(sys));
  ABSL_RETURN_IF_ERROR(
      BindText(root, "hosts", HostsText(spec.hostname), "/etc/hosts"));
  ABSL_RETURN_IF_ERROR(BindText(root, "resolv.conf", host_files.resolv_conf,
                                "/etc/resolv.conf"));
  for (size_t i = 0; i < spec.mounts.size(); ++i) {
    const SandboxMount& mount = spec.mounts[i];
    switch (mount.kind) {
      case SandboxMount::Kind::kBind:
        ABSL_RETURN_IF_ERROR(
            MountBind(mount, host_files.bind_sources[i].get(), root));
        break;
      case SandboxMount::Kind::kTmpfs:
        ABSL_RETURN_IF_ERROR(MountTmpfs(mount, root));
        break;
      case SandboxMount::Kind::kFile:
        ABSL_RETURN_IF_ERROR(MountFile(mount, static_cast<int>(i), mode, root));
        break;
      case SandboxMount::Kind::kTree:
        ABSL_RETURN_IF_ERROR(MountTree(mount, static_cast<int>(i), mode, root));
        break;
    }
  }
  return absl::OkStatus();
}

absl::Status MountProc(const RootDirectory& root) {
  ABSL_ASSIGN_OR_RETURN(const std::string proc,
                        MountTarget(root, "/proc", /*directory=*/true));
  if (mount("proc", proc.c_str(), "proc", kHardened, nullptr) < 0) {
    // A container whose own /proc has masked parts: the kernel gives no fresh
    // one.
    ABSL_RETURN_IF_ERROR(Bind("/proc", proc, /*read_only=*/false, 0));
  }
  for (const char* path : kReadOnlyPaths) {
    const std::string at = absl::StrCat(root.path, path);
    if (access(at.c_str(), F_OK) < 0) continue;
    ABSL_RETURN_IF_ERROR(Bind(at, at, /*read_only=*/true, kHardened));
  }
  for (const char* path : kMaskedPaths) {
    const std::string at = absl::StrCat(root.path, path);
    struct stat info;
    if (stat(at.c_str(), &info) < 0) continue;
    if (S_ISDIR(info.st_mode)) {
      if (mount("tmpfs", at.c_str(), "tmpfs", MS_RDONLY | kHardened, nullptr) <
          0) {
        return MountError("tmpfs", path);
      }
    } else {
      ABSL_RETURN_IF_ERROR(
          Bind(absl::StrCat(root.path, "/dev/null"), at, false, 0));
    }
  }
  return absl::OkStatus();
}

absl::Status PivotRoot(const std::string& path) {
  if (chdir(path.c_str()) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
      umount2(".", MNT_DETACH) < 0 || chdir("/") < 0) {
    return absl::ErrnoToStatus(errno, "cannot enter the rootfs");
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
