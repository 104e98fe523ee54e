#include "lib/sandbox/root/system_mount.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/rooted_path.h"
#include "lib/sandbox/root/mount_calls.h"

namespace rules_dockerfile {
namespace {

bool IsSameFile(const UniqueFd& a, const UniqueFd& b) {
  struct stat first;
  struct stat second;
  return fstat(a.get(), &first) == 0 && fstat(b.get(), &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

}  // namespace

absl::StatusOr<SystemMount> SystemMount::Make(UniqueFd root, std::string path) {
  struct statfs info;
  if (path == "/proc" &&
      (fstatfs(root.get(), &info) < 0 || info.f_type != PROC_SUPER_MAGIC)) {
    return absl::FailedPreconditionError(
        absl::StrCat("expected a procfs on \"", path, "\""));
  }
  return SystemMount(std::move(root), std::move(path));
}

UniqueFd SystemMount::Open(absl::string_view path) const {
  absl::ConsumePrefix(&path, path_);
  absl::ConsumePrefix(&path, "/");
  return OpenBelow(root_.get(), std::string(path), O_PATH);
}

absl::Status SystemMount::Cover(absl::string_view path, Coverer cover) const {
  const UniqueFd file = Open(path);
  if (!file.ok() && errno == ENOENT) return absl::OkStatus();
  if (!file.ok()) {
    return absl::ErrnoToStatus(errno,
                               absl::StrCat("cannot open \"", path, "\""));
  }
  ABSL_ASSIGN_OR_RETURN(const UniqueFd covered, cover(file.get()));
  if (IsSameFile(covered, Open(path))) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("\"", path, "\" is not covered"));
}

absl::Status SystemMount::Hide(absl::string_view path,
                               const char* directory_mode) const {
  return Cover(path, [&](int file) -> absl::StatusOr<UniqueFd> {
    struct stat info;
    if (fstat(file, &info) < 0) return MountError("nothing", path);
    if (S_ISDIR(info.st_mode)) {
      return Mount({.type = "tmpfs",
                    .source = "tmpfs",
                    .options = {{"mode", directory_mode}},
                    .flags = MS_RDONLY | kHardened},
                   file, path);
    }
    const UniqueFd null(open("/dev/null", O_PATH | O_CLOEXEC));
    return Bind(null.get(), file, {"/dev/null", std::string(path)},
                {.read_only = true, .flags = MS_NOSUID | MS_NOEXEC});
  });
}

absl::Status SystemMount::Show(absl::string_view path, int source) const {
  return Cover(path, [&](int file) {
    return Bind(source, file, {"a file", std::string(path)},
                {.read_only = true, .flags = kHardened});
  });
}

absl::Status SystemMount::MakeReadOnly(absl::string_view path) const {
  return Cover(path, [&](int file) {
    return Bind(file, file, {std::string(path), std::string(path)},
                {.read_only = true, .flags = kHardened});
  });
}

}  // namespace rules_dockerfile
