#include "lib/sandbox/root/root_directory.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/functional/overload.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/rootfs/rooted_path.h"
#include "lib/sandbox/namespaces/memory_directory.h"
#include "lib/sandbox/namespaces/users.h"
#include "lib/sandbox/root/host_files.h"
#include "lib/sandbox/root/mount_calls.h"
#include "lib/sandbox/root/overlay.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// Directories that a tmpfs may hide: nothing below them is opened by name
// after that.
constexpr const char* kScratchMountPoints[] = {"/tmp", "/var/tmp", "/mnt",
                                               "/opt"};

// Where SandboxRootfs::fill() writes, in the scratch directory.
constexpr char kLower[] = "lower";

// Where TreeMounts are, in the scratch directory.
constexpr char kTrees[] = "trees";

// What is mounted in every rootfs; BuildKit's runtime does the same.
struct MountPoint {
  std::string path;
  RootedKind kind;
};

bool IsDirectory(const SandboxMount& mount, const UniqueFd& source) {
  return std::visit(
      absl::Overload{[&source](const BindMount&) {
                       struct stat info;
                       return fstat(source.get(), &info) == 0 &&
                              S_ISDIR(info.st_mode);
                     },
                     [](const TmpfsMount&) { return true; },
                     [](const FileMount&) { return false; },
                     [](const TreeMount& tree) { return tree.file.empty(); }},
      mount);
}

std::vector<MountPoint> MountPoints(const std::vector<SandboxMount>& mounts,
                                    const HostFiles& host_files) {
  std::vector<MountPoint> points = {{"/proc", RootedKind::kDirectory},
                                    {"/sys", RootedKind::kDirectory},
                                    {"/dev", RootedKind::kDirectory},
                                    {"/etc/hosts", RootedKind::kFile},
                                    {"/etc/resolv.conf", RootedKind::kFile}};
  for (size_t i = 0; i < mounts.size(); ++i) {
    const std::string& target = TargetOf(mounts[i]);
    if (absl::StartsWith(target, "/dev/")) continue;  // a tmpfs
    points.push_back({target, IsDirectory(mounts[i], host_files.bind_sources[i])
                                  ? RootedKind::kDirectory
                                  : RootedKind::kFile});
  }
  return points;
}

UniqueFd OpenDirectory(const std::string& path) {
  return UniqueFd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

absl::Status MountTmpfs(const char* point, const std::string& options) {
  if (mount("tmpfs", point, "tmpfs", MS_NODEV, options.c_str()) == 0) {
    return absl::OkStatus();
  }
  return absl::ErrnoToStatus(errno,
                             absl::StrCat("cannot mount a tmpfs on ", point));
}

// Mounts memory for the rootfs and its changes on a directory of the host:
// `shared`, or if that is -1 new memory.
absl::Status MountMemory(int shared, const char* point) {
  if (shared >= 0) {
    const UniqueFd at = OpenDirectory(point);
    const absl::Status attached =
        AttachMount(shared, at.get(), {"the scratch directory", point});
    close(shared);
    return attached;
  }
  return MountTmpfs(point, MemoryOptions(0));
}

absl::StatusOr<std::string> EnterDirectory(const std::string& directory) {
  if (chdir(directory.c_str()) == 0) return directory;
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot enter ", directory));
}

// Returns the directory for the rootfs and its changes.
absl::StatusOr<std::string> EnterScratch(const SandboxRootfs& rootfs) {
  if (!rootfs.scratch_directory.empty()) {
    return EnterDirectory(rootfs.scratch_directory);
  }
  for (const char* point : kScratchMountPoints) {
    struct stat info;
    if (stat(point, &info) < 0 || !S_ISDIR(info.st_mode)) continue;
    ABSL_RETURN_IF_ERROR(MountMemory(rootfs.scratch_mount, point));
    return EnterDirectory(point);
  }
  return absl::NotFoundError(
      "no directory to mount the rootfs on: expected one of /tmp, /var/tmp, "
      "/mnt, /opt");
}

// Copies the `user.` xattrs, the recorded owner among them, except for those of
// an overlay.
void CopyUserXattrs(int from, int to) {
  // Few have any.
  if (flistxattr(from, nullptr, 0) <= 0) return;
  std::string names(XATTR_LIST_MAX, '\0');
  const ssize_t listed = flistxattr(from, names.data(), names.size());
  if (listed <= 0) return;
  names.resize(listed);
  std::string value(XATTR_SIZE_MAX, '\0');
  for (const absl::string_view part :
       absl::StrSplit(names, '\0', absl::SkipEmpty())) {
    const std::string name(part);
    if (!absl::StartsWith(name, "user.") ||
        absl::StartsWith(name, "user.overlay.")) {
      continue;
    }
    const ssize_t size =
        fgetxattr(from, name.c_str(), value.data(), value.size());
    if (size >= 0) fsetxattr(to, name.c_str(), value.data(), size, 0);
  }
}

// Gives `to` the owner, mode, times and xattrs that `from` has: the root of an
// overlay is that of its upper directory.
absl::Status CopyRootMetadata(int from, int to) {
  struct stat info;
  if (fstat(from, &info) < 0 || fchown(to, info.st_uid, info.st_gid) < 0 ||
      fchmod(to, info.st_mode & 07777) < 0) {
    return absl::ErrnoToStatus(errno, "cannot set the root's owner and mode");
  }
  CopyUserXattrs(from, to);
  const timespec times[2] = {info.st_atim, info.st_mtim};
  futimens(to, times);
  return absl::OkStatus();
}

struct DirectoryTime {
  UniqueFd directory;
  timespec mtime;
};

// Returns the directory that the topmost missing part of `path` would be in.
absl::StatusOr<DirectoryTime> ExistingParent(int root_fd, std::string path) {
  UniqueFd found;
  while (!found.ok()) {
    const size_t slash = path.rfind('/');
    path.resize(slash == std::string::npos ? 0 : slash);
    ABSL_ASSIGN_OR_RETURN(RootedPlace place, FindInRoot(root_fd, path));
    found = std::move(place.file);
    if (path.empty()) break;
  }
  DirectoryTime parent = {
      .directory = UniqueFd(openat(found.ok() ? found.get() : root_fd, ".",
                                   O_RDONLY | O_DIRECTORY | O_CLOEXEC))};
  struct stat info;
  if (!parent.directory.ok() || fstat(parent.directory.get(), &info) < 0) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("cannot open \"/", path, "\" of the rootfs"));
  }
  parent.mtime = info.st_mtim;
  return parent;
}

// Creates the mount points that `lower` lacks in `in`, which is `lower` itself
// or below it. Directories that were there keep their times, so that a layer
// does not depend on where the mount points are. Returns their paths.
absl::StatusOr<std::vector<std::string>> MakeMountPoints(
    const std::vector<MountPoint>& points, int lower, int in) {
  ABSL_RETURN_IF_ERROR(CheckSystemDirectories(lower));
  std::vector<std::string> paths;
  for (const MountPoint& point : points) {
    ABSL_ASSIGN_OR_RETURN(const RootedPlace place,
                          FindInRoot(lower, point.path));
    if (place.file.ok()) continue;
    ABSL_ASSIGN_OR_RETURN(const DirectoryTime parent,
                          ExistingParent(in, place.path));
    ABSL_ASSIGN_OR_RETURN(const MadePlace made,
                          MakeInRoot(in, place.path, point.kind));
    ABSL_RETURN_IF_ERROR(
        SetModificationTime(parent.directory.get(), parent.mtime));
    for (const RootedPlace& part : made.made) paths.push_back(part.path);
  }
  return paths;
}

// Mounts the overlay of `lower`, which root.lower is. False if the kernel does
// not.
absl::StatusOr<bool> FinishOverlay(SandboxMode mode, const std::string& lower,
                                   const std::vector<MountPoint>& points,
                                   RootDirectory& root) {
  const UniqueFd stub = OpenDirectory("stub");
  ABSL_RETURN_IF_ERROR(
      MakeMountPoints(points, root.lower.get(), stub.get()).status());
  root.upper = OpenDirectory("upper");
  ABSL_RETURN_IF_ERROR(CopyRootMetadata(root.lower.get(), root.upper.get()));
  return MountOverlay(mode, lower, root.path, "work");
}

// Creates the directories of the scratch directory, and enters it.
absl::StatusOr<RootDirectory> PrepareScratch(const SandboxRootfs& rootfs) {
  RootDirectory root;
  ABSL_ASSIGN_OR_RETURN(root.scratch, EnterScratch(rootfs));
  root.path = absl::StrCat(root.scratch, "/root");
  const bool shared = rootfs.scratch_mount >= 0;
  if (shared) {
    ABSL_ASSIGN_OR_RETURN(root.shared_scratch, CloneMount("."));
  }
  ABSL_RETURN_IF_ERROR(MakeDirectories(
      root.scratch,
      {kLower, "stub", "upper", "work", "root", "files", kTrees}));
  // Secrets never reach a disk, nor stay when this process is killed.
  if (shared || !rootfs.scratch_directory.empty()) {
    ABSL_RETURN_IF_ERROR(MountTmpfs("files", "mode=0755"));
  }
  // The command reaches shared memory only through an overlay.
  if (shared) {
    ABSL_RETURN_IF_ERROR(MountTmpfs(kTrees, MemoryOptions(0)));
    root.own_trees = OpenDirectory(kTrees);
  }
  return root;
}

// Uses the filled directory itself as the root.
absl::Status BindLower(SandboxMode mode, const std::vector<MountPoint>& points,
                       RootDirectory& root) {
  ABSL_ASSIGN_OR_RETURN(
      root.made_mount_points,
      MakeMountPoints(points, root.lower.get(), root.lower.get()));
  root.upper = OpenDirectory(kLower);
  if (mount(kLower, root.path.c_str(), nullptr, MS_BIND, nullptr) < 0 ||
      (mode == SandboxMode::kReal &&
       mount(nullptr, root.path.c_str(), nullptr,
             MS_BIND | MS_REMOUNT | MS_NODEV, nullptr) < 0)) {
    return absl::ErrnoToStatus(errno, "cannot mount the rootfs");
  }
  return absl::OkStatus();
}

// Whether the root became an overlay of the lower directories.
absl::StatusOr<bool> StackLowers(const SandboxRootfs& rootfs, SandboxMode mode,
                                 const std::vector<MountPoint>& points,
                                 RootDirectory& root) {
  if (!rootfs.overlay || rootfs.lowers.empty()) return false;
  ABSL_ASSIGN_OR_RETURN(const std::string names, NameLowers(rootfs));
  const bool all_stored = absl::c_all_of(
      rootfs.lowers, [](const auto& lower) { return !lower.stored.empty(); });
  // Before anything is written.
  if (!all_stored && !CanMountOverlay(mode, names, root.path, "lowers_trial")) {
    return false;
  }
  ABSL_RETURN_IF_ERROR(FillLowers(rootfs, mode));
  root.special_owners = rootfs.special_owners;
  absl::StatusOr<UniqueFd> lower = ShowLowers(mode, names);
  if (!lower.ok() && all_stored) return false;
  ABSL_ASSIGN_OR_RETURN(root.lower, std::move(lower));
  ABSL_ASSIGN_OR_RETURN(const bool mounted,
                        FinishOverlay(mode, names, points, root));
  if (mounted || all_stored) return mounted;
  return absl::ErrnoToStatus(errno, "cannot mount the overlay");
}

}  // namespace

absl::Status SetModificationTime(int directory_fd, const timespec& time) {
  const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, time};
  if (futimens(directory_fd, times) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, "cannot set the time of a directory");
}

absl::StatusOr<RootDirectory> MakeRootDirectory(
    const SandboxRootfs& rootfs, const std::vector<SandboxMount>& mounts,
    SandboxMode mode, const HostFiles& host_files) {
  const std::vector<MountPoint> points = MountPoints(mounts, host_files);
  ABSL_ASSIGN_OR_RETURN(RootDirectory root, PrepareScratch(rootfs));
  ABSL_ASSIGN_OR_RETURN(root.stacked, StackLowers(rootfs, mode, points, root));
  if (root.stacked) return root;
  root.lower = OpenDirectory(kLower);
  root.overlay =
      rootfs.overlay && CanMountOverlay(mode, kLower, root.path, "trial");
  ABSL_ASSIGN_OR_RETURN(root.special_owners,
                        rootfs.fill({.fd = root.lower.get(),
                                     .owners = OwnersOf(mode),
                                     .hard_links = root.overlay}));
  if (!root.overlay) {
    ABSL_RETURN_IF_ERROR(BindLower(mode, points, root));
    return root;
  }
  ABSL_ASSIGN_OR_RETURN(const bool mounted,
                        FinishOverlay(mode, kLower, points, root));
  if (mounted) return root;
  return absl::ErrnoToStatus(errno, "cannot mount the overlay");
}

absl::Status CheckSystemDirectories(int root_fd) {
  for (const char* name : {"proc", "sys", "dev"}) {
    struct stat info;
    if (fstatat(root_fd, name, &info, AT_SYMLINK_NOFOLLOW) < 0 ||
        S_ISDIR(info.st_mode)) {
      continue;
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "\"/", name, "\" of the image: expected a directory, got a ",
        S_ISLNK(info.st_mode) ? "symbolic link" : "file",
        "\nhint: remove it: a RUN and a container mount their own"));
  }
  return absl::OkStatus();
}

absl::string_view OverlayXattrs(SandboxMode mode) {
  return mode == SandboxMode::kReal ? "trusted.overlay." : "user.overlay.";
}

absl::Status SetOwner(int fd, const UserIds& user, OwnerStore owners) {
  if (user.uid == 0 && user.gid == 0) return absl::OkStatus();
  if (owners != OwnerStore::kRecorded) {
    if (fchown(fd, user.uid, user.gid) == 0) return absl::OkStatus();
    return absl::ErrnoToStatus(errno, "cannot set an owner");
  }
  const std::string text =
      RecordedOwnerToText({.uid = user.uid, .gid = user.gid});
  if (fsetxattr(fd, kOwnerXattr, text.data(), text.size(), 0) == 0) {
    return absl::OkStatus();
  }
  return absl::ErrnoToStatus(
      errno,
      "cannot record an owner: the file system does not support extended "
      "attributes (a tmpfs does since Linux 6.6)");
}

absl::Status MakeWorkingDirectory(const RootDirectory& root,
                                  const SandboxCommand& command,
                                  OwnerStore owners) {
  const UserIds owner = command.owns_cwd ? command.user : UserIds();
  ABSL_ASSIGN_OR_RETURN(const MadePlace made,
                        MakeInRoot(OpenDirectory(root.path).get(), command.cwd,
                                   RootedKind::kDirectory));
  for (const RootedPlace& directory : made.made) {
    const UniqueFd fd(
        openat(directory.file.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ABSL_RETURN_IF_ERROR(SetOwner(fd.get(), owner, owners));
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
