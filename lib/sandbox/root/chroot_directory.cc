#include "lib/sandbox/root/chroot_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/namespaces/users.h"
#include "lib/sandbox/root/host_files.h"
#include "lib/sandbox/root/placed_files.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/root/system_files.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// In the scratch directory.
constexpr char kLower[] = "lower";
constexpr char kAside[] = "aside";

constexpr const char* kWhy = "without namespaces, by chroot alone, ";

absl::Status CannotMake(const std::string& what) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", what));
}

UniqueFd OpenDirectoryIn(int directory_fd, const std::string& name) {
  return UniqueFd(openat(directory_fd, name.c_str(),
                         O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

absl::Status MakeDirectory(int directory_fd, const std::string& name,
                           mode_t mode) {
  if (mkdirat(directory_fd, name.c_str(), mode) == 0) return absl::OkStatus();
  return CannotMake(name);
}

absl::Status PlaceDevices(PlacedFiles& placed) {
  ABSL_ASSIGN_OR_RETURN(const PlacedFiles::Room at, placed.MakeRoom("/dev"));
  ABSL_RETURN_IF_ERROR(MakeDirectory(at.directory_fd, at.name, 0755));
  const UniqueFd dev = OpenDirectoryIn(at.directory_fd, at.name);
  for (const SystemDevice& device : kSystemDevices) {
    if (mknodat(dev.get(), device.name, S_IFCHR | 0666,
                makedev(device.major, device.minor)) < 0) {
      return CannotMake(absl::StrCat("/dev/", device.name));
    }
  }
  if (!UniqueFd(openat(dev.get(), "null", O_RDWR | O_NOFOLLOW | O_CLOEXEC))
           .ok()) {
    return absl::ErrnoToStatus(
        errno,
        "cannot use /dev/null: is the file system mounted with \"nodev\"?");
  }
  ABSL_RETURN_IF_ERROR(MakeDeviceLinks(dev.get()));
  ABSL_RETURN_IF_ERROR(MakeDirectory(dev.get(), "pts", 0755));
  return MakeDirectory(dev.get(), "shm", 01777);
}

absl::Status PlaceText(const std::string& target, const std::string& text,
                       PlacedFiles& placed) {
  ABSL_ASSIGN_OR_RETURN(const PlacedFiles::Room at, placed.MakeRoom(target));
  return MakeFile(at.directory_fd, at.name, text, 0644);
}

absl::Status PlaceTree(const SandboxMount& mount, int scratch,
                       PlacedFiles& placed) {
  constexpr char kTree[] = "tree";
  ABSL_RETURN_IF_ERROR(MakeDirectory(scratch, kTree, 0755));
  const UniqueFd tree = OpenDirectoryIn(scratch, kTree);
  ABSL_RETURN_IF_ERROR(
      mount.fill({.fd = tree.get(), .owners = OwnerStore::kReal}).status());
  ABSL_ASSIGN_OR_RETURN(const PlacedFiles::Room at,
                        placed.MakeRoom(mount.target));
  const bool whole = mount.source.empty();
  if (renameat(whole ? scratch : tree.get(),
               whole ? kTree : mount.source.c_str(), at.directory_fd,
               at.name.c_str()) < 0) {
    return CannotMake(mount.target);
  }
  if (whole) return absl::OkStatus();
  RemoveTree(tree.get());
  if (unlinkat(scratch, kTree, AT_REMOVEDIR) < 0) return CannotMake(kTree);
  return absl::OkStatus();
}

absl::Status Place(const SandboxMount& mount, int scratch,
                   PlacedFiles& placed) {
  if (mount.kind == SandboxMount::Kind::kTree) {
    return PlaceTree(mount, scratch, placed);
  }
  if (mount.kind == SandboxMount::Kind::kBind) {
    return absl::UnimplementedError(
        absl::StrCat(kWhy, "nothing of the machine can be mounted on \"",
                     mount.target, "\""));
  }
  ABSL_ASSIGN_OR_RETURN(const PlacedFiles::Room at,
                        placed.MakeRoom(mount.target));
  if (mount.kind == SandboxMount::Kind::kFile) {
    ABSL_RETURN_IF_ERROR(
        MakeFile(at.directory_fd, at.name, mount.contents, mount.mode));
  } else {
    ABSL_RETURN_IF_ERROR(MakeDirectory(at.directory_fd, at.name, mount.mode));
  }
  const UniqueFd file(openat(at.directory_fd, at.name.c_str(),
                             O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  return SetOwner(file.get(), {.uid = mount.uid, .gid = mount.gid},
                  OwnerStore::kReal);
}

absl::Status PlaceAll(const SandboxSpec& spec, const HostFiles& host_files,
                      int scratch, PlacedFiles& placed) {
  ABSL_RETURN_IF_ERROR(PlaceDevices(placed));
  ABSL_RETURN_IF_ERROR(
      PlaceText("/etc/hosts", HostsText(spec.hostname, spec.hosts), placed));
  ABSL_RETURN_IF_ERROR(
      PlaceText("/etc/resolv.conf", host_files.resolv_conf, placed));
  for (const char* path : {"/proc", "/sys"}) {
    ABSL_ASSIGN_OR_RETURN(const PlacedFiles::Room at, placed.MakeRoom(path));
    ABSL_RETURN_IF_ERROR(MakeDirectory(at.directory_fd, at.name, 0555));
  }
  for (const SandboxMount& mount : spec.mounts) {
    ABSL_RETURN_IF_ERROR(Place(mount, scratch, placed));
  }
  return placed.RestoreTimes();
}

}  // namespace

absl::Status CheckChroot(const SandboxSpec& spec) {
  std::string wanted;
  if (spec.network != SandboxNetwork::kHost) {
    wanted = "a RUN has the host's network (network = \"host\")";
  } else if (spec.clock_start.has_value()) {
    wanted = "a RUN has the real clock";
  } else if (spec.processors > 0) {
    wanted = "a RUN sees the real machine";
  } else if (spec.terminal.has_value()) {
    wanted = "a command has no terminal";
  } else if (spec.emulator.has_value()) {
    wanted = "no emulator can be registered";
  } else if (spec.scratch_directory.empty()) {
    wanted = "the rootfs lies in a directory";
  } else {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(kWhy, wanted));
}

absl::StatusOr<ChrootDirectory> MakeChrootDirectory(
    const SandboxSpec& spec, const HostFiles& host_files) {
  RootDirectory root = {
      .scratch = spec.scratch_directory,
      .path = absl::StrCat(spec.scratch_directory, "/", kLower),
      .overlay = false};
  const UniqueFd scratch(
      open(spec.scratch_directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ABSL_RETURN_IF_ERROR(MakeDirectory(scratch.get(), kLower, 0755));
  ABSL_RETURN_IF_ERROR(MakeDirectory(scratch.get(), kAside, 0700));
  root.lower = OpenDirectoryIn(scratch.get(), kLower);
  root.upper = OpenDirectoryIn(scratch.get(), kLower);
  ABSL_RETURN_IF_ERROR(spec.fill_root({.fd = root.lower.get(),
                                       .owners = OwnerStore::kReal,
                                       .hard_links = false})
                           .status());
  ABSL_RETURN_IF_ERROR(CheckSystemDirectories(root.lower.get()));
  ABSL_RETURN_IF_ERROR(MakeWorkingDirectory(
      root, spec.cwd, spec.owns_cwd ? spec.user : UserIds(),
      OwnerStore::kReal));
  PlacedFiles placed(OpenDirectoryIn(scratch.get(), kLower),
                     OpenDirectoryIn(scratch.get(), kAside));
  ABSL_RETURN_IF_ERROR(PlaceAll(spec, host_files, scratch.get(), placed));
  return ChrootDirectory{std::move(root), std::move(placed)};
}

}  // namespace rules_dockerfile
