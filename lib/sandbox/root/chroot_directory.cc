#include "lib/sandbox/root/chroot_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/root/placed_files.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/root/system_files.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// In the scratch directory.
constexpr char kLower[] = "lower";
constexpr char kAside[] = "aside";

constexpr const char* kChrootOnly = "isolation by chroot only ";

absl::Status CannotMake(const std::string& what) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", what));
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

// In the scratch directory, while a TreeMount is placed.
constexpr char kTree[] = "tree";

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
        "cannot open /dev/null (is the file system mounted with \"nodev\"?)");
  }
  ABSL_RETURN_IF_ERROR(MakeDeviceLinks(dev.get()));
  ABSL_RETURN_IF_ERROR(MakeDirectory(dev.get(), "pts", 0755));
  return MakeDirectory(dev.get(), "shm", 01777);
}

}  // namespace

absl::Status CheckChroot(const SandboxSpec& spec) {
  std::string required;
  if (spec.view.network != SandboxNetwork::kHost) {
    required = "the host's network (network = \"host\")";
  } else if (spec.view.clock_start.has_value()) {
    required = "the real clock";
  } else if (spec.view.processors > 0) {
    required = "the host's processors";
  } else if (spec.command.terminal.has_value()) {
    required = "a command without a terminal";
  } else if (spec.view.emulator.has_value()) {
    required = "an image of the host's architecture";
  } else if (spec.rootfs.scratch_directory.empty()) {
    required = "a scratch directory";
  } else {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(kChrootOnly, "requires ", required));
}

absl::StatusOr<RootDirectory> MakeChrootDirectory(const SandboxRootfs& rootfs) {
  RootDirectory root = {
      .scratch = rootfs.scratch_directory,
      .path = absl::StrCat(rootfs.scratch_directory, "/", kLower),
      .overlay = false};
  const UniqueFd scratch(
      open(root.scratch.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ABSL_RETURN_IF_ERROR(MakeDirectory(scratch.get(), kLower, 0755));
  ABSL_RETURN_IF_ERROR(MakeDirectory(scratch.get(), kAside, 0700));
  root.lower = OpenDirectoryIn(scratch.get(), kLower);
  root.upper = OpenDirectoryIn(scratch.get(), kLower);
  ABSL_RETURN_IF_ERROR(rootfs
                           .fill({.fd = root.lower.get(),
                                  .owners = OwnerStore::kReal,
                                  .hard_links = false})
                           .status());
  ABSL_RETURN_IF_ERROR(CheckSystemDirectories(root.lower.get()));
  return root;
}

PlacedRootBuilder::PlacedRootBuilder(const RootDirectory& root)
    : scratch_(open(root.scratch.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
      placed_(OpenDirectoryIn(scratch_.get(), kLower),
              OpenDirectoryIn(scratch_.get(), kAside)) {}

absl::Status PlacedRootBuilder::BeforeFiles() { return PlaceDevices(placed_); }

absl::Status PlacedRootBuilder::AddEtcFile(const std::string& name,
                                           const std::string& text) {
  ABSL_ASSIGN_OR_RETURN(const PlacedFiles::Room at,
                        placed_.MakeRoom(absl::StrCat("/etc/", name)));
  return MakeFile(at.directory_fd, at.name, text, 0644);
}

absl::Status PlacedRootBuilder::BeforeMounts() {
  for (const char* path : {"/proc", "/sys"}) {
    ABSL_ASSIGN_OR_RETURN(const PlacedFiles::Room at, placed_.MakeRoom(path));
    ABSL_RETURN_IF_ERROR(MakeDirectory(at.directory_fd, at.name, 0555));
  }
  return absl::OkStatus();
}

absl::Status PlacedRootBuilder::Add(const BindMount& mount, int /*source*/) {
  return absl::UnimplementedError(absl::StrCat(
      kChrootOnly, "does not support host mounts: \"", mount.target, "\""));
}

absl::Status PlacedRootBuilder::Add(const TmpfsMount& mount) {
  ABSL_ASSIGN_OR_RETURN(const PlacedFiles::Room at,
                        placed_.MakeRoom(mount.target));
  return MakeDirectory(at.directory_fd, at.name, mount.mode);
}

absl::Status PlacedRootBuilder::Add(const FileMount& mount, int /*number*/) {
  ABSL_ASSIGN_OR_RETURN(const PlacedFiles::Room at,
                        placed_.MakeRoom(mount.target));
  ABSL_RETURN_IF_ERROR(
      MakeFile(at.directory_fd, at.name, mount.contents, mount.mode));
  const UniqueFd file(openat(at.directory_fd, at.name.c_str(),
                             O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  return SetOwner(file.get(), {.uid = mount.uid, .gid = mount.gid},
                  OwnerStore::kReal);
}

absl::Status PlacedRootBuilder::Add(const TreeMount& mount, int /*number*/) {
  ABSL_RETURN_IF_ERROR(MakeDirectory(scratch_.get(), kTree, 0755));
  const UniqueFd tree = OpenDirectoryIn(scratch_.get(), kTree);
  ABSL_RETURN_IF_ERROR(
      mount.fill({.fd = tree.get(), .owners = OwnerStore::kReal}).status());
  ABSL_ASSIGN_OR_RETURN(const PlacedFiles::Room at,
                        placed_.MakeRoom(mount.target));
  const bool whole = mount.file.empty();
  if (renameat(whole ? scratch_.get() : tree.get(),
               whole ? kTree : mount.file.c_str(), at.directory_fd,
               at.name.c_str()) < 0) {
    return CannotMake(mount.target);
  }
  if (whole) return absl::OkStatus();
  RemoveTree(tree.get());
  if (unlinkat(scratch_.get(), kTree, AT_REMOVEDIR) < 0) {
    return CannotMake(kTree);
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
