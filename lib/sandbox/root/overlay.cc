#include "lib/sandbox/root/overlay.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/root/mount_calls.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// Where SandboxRootfs::store is mounted.
constexpr char kStore[] = "store";

UniqueFd OpenDirectory(const std::string& path) {
  return UniqueFd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

// What overlays of this mode have in common.
const char* CommonOptions(SandboxMode mode) {
  return mode == SandboxMode::kReal
             ? "index=off,xino=on,redirect_dir=nofollow,metacopy=off"
             : "index=off,xino=on,userxattr";
}

// The names of the lower directories as an overlay lists them, the top first.
// They are short, as all must fit into a page.
std::string OverlayNames(size_t count) {
  std::string names;
  for (size_t i = count; i > 0; --i) {
    absl::StrAppend(&names, names.empty() ? "" : ":", i - 1);
  }
  return names;
}

}  // namespace

bool MountOverlay(SandboxMode mode, const std::string& lower,
                  const std::string& root, const char* work) {
  const std::string options =
      absl::StrCat("lowerdir=", lower, ":stub,upperdir=upper,workdir=", work,
                   ",volatile,", CommonOptions(mode));
  return mount("overlay", root.c_str(), "overlay", MS_NODEV, options.c_str()) ==
         0;
}

bool CanMountOverlay(SandboxMode mode, const std::string& lower,
                     const std::string& root, const char* work) {
  return mkdir(work, 0755) == 0 && MountOverlay(mode, lower, root, work) &&
         umount2(root.c_str(), MNT_DETACH) == 0;
}

absl::Status MakeDirectories(const std::string& parent,
                             const std::vector<const char*>& names) {
  for (const char* name : names) {
    if (mkdir(absl::StrCat(parent, "/", name).c_str(), 0755) < 0) {
      return absl::ErrnoToStatus(
          errno, absl::StrCat("cannot create ", parent, "/", name));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> NameLowers(const SandboxRootfs& rootfs) {
  if (rootfs.store >= 0) {
    ABSL_RETURN_IF_ERROR(MakeDirectories(".", {kStore}));
    const UniqueFd at = OpenDirectory(kStore);
    ABSL_RETURN_IF_ERROR(
        AttachMount(rootfs.store, at.get(), {"the stored layers", kStore}));
    close(rootfs.store);
  }
  for (size_t i = 0; i < rootfs.lowers.size(); ++i) {
    const std::string name = absl::StrCat(i);
    const std::string& stored = rootfs.lowers[i].stored;
    const int made =
        stored.empty()
            ? mkdir(name.c_str(), 0755)
            : symlink(absl::StrCat(kStore, "/", stored).c_str(), name.c_str());
    if (made < 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", name));
    }
  }
  return OverlayNames(rootfs.lowers.size());
}

absl::Status FillLowers(const SandboxRootfs& rootfs, SandboxMode mode) {
  for (size_t i = 0; i < rootfs.lowers.size(); ++i) {
    if (!rootfs.lowers[i].stored.empty()) continue;
    const UniqueFd directory = OpenDirectory(absl::StrCat(i));
    ABSL_RETURN_IF_ERROR(
        rootfs.lowers[i]
            .fill({.fd = directory.get(), .owners = OwnersOf(mode)})
            .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<UniqueFd> ShowLowers(SandboxMode mode,
                                    const std::string& names) {
  ABSL_RETURN_IF_ERROR(MakeDirectories(".", {"empty", "base"}));
  const std::string options =
      absl::StrCat("lowerdir=", names, ":empty,", CommonOptions(mode));
  if (mount("overlay", "base", "overlay", MS_NODEV | MS_RDONLY,
            options.c_str()) < 0) {
    return absl::ErrnoToStatus(errno, "cannot mount the lower directories");
  }
  return OpenDirectory("base");
}

}  // namespace rules_dockerfile
