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
#include "lib/rootfs/recorded_owner.h"
#include "lib/rootfs/rooted_path.h"
#include "lib/sandbox/root/mount_calls.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/root/system_files.h"
#include "lib/sandbox/root/system_mount.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// Of the spec's mounts.
constexpr unsigned long kMountFlags = MS_NOSUID | MS_NODEV;

// OCI runtime-spec's defaults as Docker sets them: config-linux.md, "Masked
// Paths" and "Readonly Paths".
constexpr const char* kReadOnlyInProc[] = {"/proc/bus", "/proc/fs", "/proc/irq",
                                           "/proc/sys", "/proc/sysrq-trigger"};
constexpr const char* kMaskedInProc[] = {
    "/proc/acpi",       "/proc/asound",      "/proc/interrupts",
    "/proc/kcore",      "/proc/keys",        "/proc/latency_stats",
    "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
    "/proc/scsi"};
constexpr const char* kMaskedInSys[] = {"/sys/firmware",
                                        "/sys/devices/virtual/powercap"};

// Opens a file or directory of the host to bind it.
UniqueFd OpenSource(const std::string& path) {
  return UniqueFd(open(path.c_str(), O_PATH | O_CLOEXEC));
}

UniqueFd OpenRoot(const RootDirectory& root) { return OpenSource(root.path); }

// Opens a directory of the root itself to mount on it: neither a symlink nor
// what one leads to.
absl::StatusOr<UniqueFd> SystemTarget(const RootDirectory& root,
                                      const char* name) {
  constexpr int kFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  UniqueFd fd(openat(OpenRoot(root).get(), name, kFlags));
  if (fd.ok()) return fd;
  return absl::ErrnoToStatus(errno,
                             absl::StrCat("cannot open \"/", name, "\""));
}

// The nodes are bound from the host: so no other can be opened, and a namespace
// with one id can create none. A read-only mount refuses changes of the inode,
// which is the host's; the device is written to all the same.
absl::Status BindDevices(int dev) {
  for (const SystemDevice& device : kSystemDevices) {
    ABSL_RETURN_IF_ERROR(MakeFile(dev, device.name, "", 0666));
    const std::string path = absl::StrCat("/dev/", device.name);
    const UniqueFd target(
        openat(dev, device.name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
    ABSL_RETURN_IF_ERROR(
        Bind(OpenSource(path).get(), target.get(), {path, path},
             {.read_only = true, .flags = MS_NOSUID | MS_NOEXEC})
            .status());
  }
  return absl::OkStatus();
}

// A new directory in /dev to mount on.
UniqueFd MakeInDev(int dev, const char* name) {
  mkdirat(dev, name, 0755);
  return UniqueFd(
      openat(dev, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// Returns the devpts.
absl::StatusOr<UniqueFd> MountTerminals(int dev) {
  const UniqueFd target = MakeInDev(dev, "pts");
  NewFileSystem pts = {.type = "devpts",
                       .source = "devpts",
                       .options = {{"newinstance", ""},
                                   {"ptmxmode", "0666"},
                                   {"mode", "0620"},
                                   {"gid", "5"}},
                       .flags = MS_NOSUID | MS_NOEXEC};
  if (auto mounted = Mount(pts, target.get(), "/dev/pts"); mounted.ok()) {
    return mounted;
  }
  // The group tty is not mapped in a user namespace.
  pts.options.pop_back();
  return Mount(pts, target.get(), "/dev/pts");
}

absl::Status MountDev(RootDirectory& root) {
  ABSL_ASSIGN_OR_RETURN(const UniqueFd target, SystemTarget(root, "dev"));
  ABSL_ASSIGN_OR_RETURN(const UniqueFd dev,
                        Mount({.type = "tmpfs",
                               .source = "tmpfs",
                               .options = {{"mode", "755"}, {"size", "65536k"}},
                               .flags = MS_NOSUID | MS_NODEV | MS_STRICTATIME},
                              target.get(), "/dev"));
  ABSL_RETURN_IF_ERROR(BindDevices(dev.get()));
  ABSL_RETURN_IF_ERROR(MakeDeviceLinks(dev.get()));
  ABSL_ASSIGN_OR_RETURN(root.terminals, MountTerminals(dev.get()));
  ABSL_RETURN_IF_ERROR(Mount({.type = "tmpfs",
                              .source = "shm",
                              .options = {{"mode", "1777"}, {"size", "65536k"}},
                              .flags = kHardened},
                             MakeInDev(dev.get(), "shm").get(), "/dev/shm")
                           .status());
  // A kernel may have been built without.
  Mount({.type = "mqueue", .source = "mqueue", .flags = kHardened},
        MakeInDev(dev.get(), "mqueue").get(), "/dev/mqueue")
      .IgnoreError();
  return absl::OkStatus();
}

absl::Status MountSys(RootDirectory& root) {
  ABSL_ASSIGN_OR_RETURN(const UniqueFd target, SystemTarget(root, "sys"));
  absl::StatusOr<UniqueFd> mounted = Mount(
      {.type = "sysfs", .source = "sysfs", .flags = kHardened | MS_RDONLY},
      target.get(), "/sys");
  // Only the owner of the network namespace may; with the host's network that
  // is the host.
  if (!mounted.ok()) {
    mounted = Bind(OpenSource("/sys").get(), target.get(), {"/sys", "/sys"},
                   {.read_only = true, .flags = kHardened});
  }
  ABSL_RETURN_IF_ERROR(mounted.status());
  ABSL_ASSIGN_OR_RETURN(root.sys,
                        SystemMount::Make(*std::move(mounted), "/sys"));
  for (const char* path : kMaskedInSys) {
    ABSL_RETURN_IF_ERROR(root.sys.Hide(path, "1777"));
  }
  for (long i = 0; i < sysconf(_SC_NPROCESSORS_CONF); ++i) {
    ABSL_RETURN_IF_ERROR(root.sys.Hide(
        absl::StrCat("/sys/devices/system/cpu/cpu", i, "/thermal_throttle"),
        "1777"));
  }
  return absl::OkStatus();
}

// Where `target` is now, with the files and directories made that are missing.
absl::StatusOr<RootedPlace> MountTarget(const RootDirectory& root,
                                        const std::string& target,
                                        RootedKind kind) {
  ABSL_ASSIGN_OR_RETURN(MadePlace made,
                        MakeInRoot(OpenRoot(root).get(), target, kind));
  return std::move(made.place);
}

absl::Status BindAt(const RootDirectory& root, int source,
                    const MountNames& names, RootedKind kind,
                    const BindOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const RootedPlace at,
                        MountTarget(root, names.target, kind));
  return Bind(source, at.file.get(), names, options).status();
}

}  // namespace

absl::Status MountedRootBuilder::BeforeFiles() {
  ABSL_RETURN_IF_ERROR(MountDev(root_));
  return MountSys(root_);
}

absl::Status MountedRootBuilder::AddEtcFile(const std::string& name,
                                            const std::string& text) {
  const std::string source = absl::StrCat(root_.scratch, "/files/", name);
  ABSL_RETURN_IF_ERROR(MakeFile(AT_FDCWD, source, text, 0644));
  return BindAt(root_, OpenSource(source).get(),
                {source, absl::StrCat("/etc/", name)}, RootedKind::kFile,
                {.read_only = true, .flags = kHardened});
}

absl::Status MountedRootBuilder::Add(const BindMount& mount, int source) {
  struct stat info;
  if (fstat(source, &info) < 0) return MountError(mount.source, mount.target);
  return BindAt(
      root_, source, {mount.source, mount.target},
      S_ISDIR(info.st_mode) ? RootedKind::kDirectory : RootedKind::kFile,
      {.read_only = mount.read_only, .flags = kMountFlags});
}

absl::Status MountedRootBuilder::Add(const TmpfsMount& mount) {
  ABSL_ASSIGN_OR_RETURN(
      const RootedPlace at,
      MountTarget(root_, mount.target, RootedKind::kDirectory));
  NewFileSystem tmpfs = {
      .type = "tmpfs",
      .source = "tmpfs",
      .options = {{"mode", absl::StrFormat("%o", mount.mode)}},
      .flags = kMountFlags | (mount.read_only ? MS_RDONLY : 0UL)};
  if (mount.size > 0) {
    tmpfs.options.emplace_back("size", absl::StrCat(mount.size));
  }
  return Mount(tmpfs, at.file.get(), mount.target).status();
}

// The file is in memory, and bound to its target.
absl::Status MountedRootBuilder::Add(const FileMount& mount, int number) {
  const std::string source = absl::StrCat(root_.scratch, "/files/", number);
  ABSL_RETURN_IF_ERROR(MakeFile(AT_FDCWD, source, mount.contents, mount.mode));
  const UniqueFd fd(open(source.c_str(), O_RDONLY | O_CLOEXEC));
  ABSL_RETURN_IF_ERROR(
      SetOwner(fd.get(), {.uid = mount.uid, .gid = mount.gid}, owners_));
  return BindAt(root_, fd.get(), {source, mount.target}, RootedKind::kFile,
                {.read_only = mount.read_only, .flags = kMountFlags});
}

// The directory, or one file of it, is bound to its target.
absl::Status MountedRootBuilder::Add(const TreeMount& mount, int number) {
  const std::string source = absl::StrCat(root_.scratch, "/trees/", number);
  if (mkdir(source.c_str(), 0755) < 0) return MountError(source, mount.target);
  const UniqueFd fd(open(source.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ABSL_ASSIGN_OR_RETURN(const SpecialOwners owners,
                        mount.fill({.fd = fd.get(), .owners = owners_}));
  ABSL_ASSIGN_OR_RETURN(const RootedPlace at,
                        MountTarget(root_, mount.target,
                                    mount.file.empty() ? RootedKind::kDirectory
                                                       : RootedKind::kFile));
  for (const auto& [path, owner] : owners) {
    root_.special_owners[absl::StrCat(at.path, "/", path)] = owner;
  }
  const UniqueFd shown = OpenBelow(fd.get(), mount.file, O_PATH);
  return Bind(shown.get(), at.file.get(), {source, mount.target},
              {.read_only = mount.read_only, .flags = kMountFlags})
      .status();
}

absl::StatusOr<SystemMount> MountProc(const RootDirectory& root,
                                      SandboxMode mode) {
  ABSL_ASSIGN_OR_RETURN(const UniqueFd target, SystemTarget(root, "proc"));
  absl::StatusOr<UniqueFd> mounted =
      Mount({.type = "proc", .source = "proc", .flags = kHardened},
            target.get(), "/proc");
  // A container whose own /proc has masked parts: the kernel does not mount a
  // new one. In the old one only a user namespace keeps the command from other
  // processes of its user.
  if (!mounted.ok() && mode != SandboxMode::kReal) {
    mounted =
        Bind(OpenSource("/proc").get(), target.get(), {"/proc", "/proc"}, {});
  }
  ABSL_RETURN_IF_ERROR(mounted.status());
  ABSL_ASSIGN_OR_RETURN(SystemMount proc,
                        SystemMount::Make(*std::move(mounted), "/proc"));
  for (const char* path : kReadOnlyInProc) {
    ABSL_RETURN_IF_ERROR(proc.MakeReadOnly(path));
  }
  for (const char* path : kMaskedInProc) {
    ABSL_RETURN_IF_ERROR(proc.Hide(path, "1777"));
  }
  return proc;
}

absl::Status PivotRoot(const std::string& path) {
  if (chdir(path.c_str()) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
      umount2(".", MNT_DETACH) < 0 || chdir("/") < 0) {
    return absl::ErrnoToStatus(errno, "cannot enter the rootfs");
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
