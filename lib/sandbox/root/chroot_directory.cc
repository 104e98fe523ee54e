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

constexpr const char* kWhy = "without namespaces, by chroot alone, ";

absl::Status CannotMake(const std::string& what) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", what));
}

UniqueFd OpenToOwn(const std::string& path) {
  return UniqueFd(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
}

absl::Status MakeDirectory(const std::string& path, mode_t mode) {
  if (mkdir(path.c_str(), mode) == 0) return absl::OkStatus();
  return CannotMake(path);
}

absl::Status PlaceDevices(PlacedFiles& placed) {
  ABSL_ASSIGN_OR_RETURN(const std::string dev, placed.MakeRoom("/dev"));
  ABSL_RETURN_IF_ERROR(MakeDirectory(dev, 0755));
  for (const SystemDevice& device : kSystemDevices) {
    const std::string path = absl::StrCat(dev, "/", device.name);
    if (mknod(path.c_str(), S_IFCHR | 0666,
              makedev(device.major, device.minor)) < 0) {
      return CannotMake(absl::StrCat("/dev/", device.name));
    }
  }
  const std::string null = absl::StrCat(dev, "/null");
  if (!UniqueFd(open(null.c_str(), O_RDWR | O_CLOEXEC)).ok()) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("cannot use ", null,
                            ": is the file system mounted with \"nodev\"?"));
  }
  ABSL_RETURN_IF_ERROR(MakeDeviceLinks(dev));
  ABSL_RETURN_IF_ERROR(MakeDirectory(absl::StrCat(dev, "/pts"), 0755));
  return MakeDirectory(absl::StrCat(dev, "/shm"), 01777);
}

absl::Status PlaceText(const std::string& target, const std::string& text,
                       PlacedFiles& placed) {
  ABSL_ASSIGN_OR_RETURN(const std::string at, placed.MakeRoom(target));
  return MakeFile(at, text, 0644);
}

absl::Status PlaceTree(const SandboxMount& mount, const std::string& scratch,
                       PlacedFiles& placed) {
  const std::string tree = absl::StrCat(scratch, "/tree");
  ABSL_RETURN_IF_ERROR(MakeDirectory(tree, 0755));
  const UniqueFd fd(open(tree.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ABSL_RETURN_IF_ERROR(
      mount.fill({.fd = fd.get(), .owners = OwnerStore::kReal}).status());
  ABSL_ASSIGN_OR_RETURN(const std::string at, placed.MakeRoom(mount.target));
  const std::string shown =
      mount.source.empty() ? tree : absl::StrCat(tree, "/", mount.source);
  if (rename(shown.c_str(), at.c_str()) < 0) return CannotMake(mount.target);
  if (mount.source.empty()) return absl::OkStatus();
  RemoveTree(fd.get());
  if (rmdir(tree.c_str()) < 0) return CannotMake(tree);
  return absl::OkStatus();
}

absl::Status Place(const SandboxMount& mount, const std::string& scratch,
                   PlacedFiles& placed) {
  if (mount.kind == SandboxMount::Kind::kTree) {
    return PlaceTree(mount, scratch, placed);
  }
  if (mount.kind == SandboxMount::Kind::kBind) {
    return absl::UnimplementedError(
        absl::StrCat(kWhy, "nothing of the machine can be mounted on \"",
                     mount.target, "\""));
  }
  ABSL_ASSIGN_OR_RETURN(const std::string at, placed.MakeRoom(mount.target));
  if (mount.kind == SandboxMount::Kind::kFile) {
    ABSL_RETURN_IF_ERROR(MakeFile(at, mount.contents, mount.mode));
  } else {
    ABSL_RETURN_IF_ERROR(MakeDirectory(at, mount.mode));
  }
  return SetOwner(OpenToOwn(at).get(), {.uid = mount.uid, .gid = mount.gid},
                  OwnerStore::kReal);
}

absl::Status PlaceAll(const SandboxSpec& spec, const HostFiles& host_files,
                      const std::string& scratch, PlacedFiles& placed) {
  ABSL_RETURN_IF_ERROR(PlaceDevices(placed));
  ABSL_RETURN_IF_ERROR(
      PlaceText("/etc/hosts", HostsText(spec.hostname), placed));
  ABSL_RETURN_IF_ERROR(
      PlaceText("/etc/resolv.conf", host_files.resolv_conf, placed));
  for (const char* path : {"/proc", "/sys"}) {
    ABSL_ASSIGN_OR_RETURN(const std::string at, placed.MakeRoom(path));
    ABSL_RETURN_IF_ERROR(MakeDirectory(at, 0555));
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
  const std::string& scratch = spec.scratch_directory;
  const std::string lower = absl::StrCat(scratch, "/lower");
  const std::string aside = absl::StrCat(scratch, "/aside");
  ABSL_RETURN_IF_ERROR(MakeDirectory(lower, 0755));
  ABSL_RETURN_IF_ERROR(MakeDirectory(aside, 0700));
  RootDirectory root = {.scratch = scratch, .path = lower, .overlay = false};
  root.lower =
      UniqueFd(open(lower.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  root.upper =
      UniqueFd(open(lower.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ABSL_RETURN_IF_ERROR(spec.fill_root({.fd = root.lower.get(),
                                       .owners = OwnerStore::kReal,
                                       .hard_links = false})
                           .status());
  ABSL_RETURN_IF_ERROR(MakeWorkingDirectory(
      root, spec.cwd, spec.owns_cwd ? spec.user : UserIds(),
      OwnerStore::kReal));
  PlacedFiles placed(lower, aside);
  ABSL_RETURN_IF_ERROR(PlaceAll(spec, host_files, scratch, placed));
  return ChrootDirectory{std::move(root), std::move(placed)};
}

}  // namespace rules_dockerfile
