#include "lib/sandbox/root/host_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/file.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

bool IsSameFile(int a, int b) {
  struct stat first;
  struct stat second;
  return fstat(a, &first) == 0 && fstat(b, &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

absl::StatusOr<UniqueFd> OpenSource(const BindMount& mount) {
  UniqueFd fd(open(mount.source.c_str(), O_PATH | O_CLOEXEC));
  if (!fd.ok()) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("cannot open \"", mount.source, "\""));
  }
  if (mount.expected >= 0 && !IsSameFile(fd.get(), mount.expected)) {
    return absl::FailedPreconditionError(
        absl::StrCat("\"", mount.source, "\" was replaced"));
  }
  return fd;
}

}  // namespace

absl::StatusOr<HostFiles> OpenHostFiles(const SandboxView& view) {
  HostFiles files;
  files.proc = UniqueFd(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (const SandboxMount& mount : view.mounts) {
    UniqueFd fd;
    if (const auto* bind = std::get_if<BindMount>(&mount)) {
      ABSL_ASSIGN_OR_RETURN(fd, OpenSource(*bind));
    }
    files.bind_sources.push_back(std::move(fd));
  }
  if (view.network == SandboxNetwork::kHost) {
    files.resolv_conf = ReadFile("/etc/resolv.conf").value_or("");
  }
  return files;
}

}  // namespace rules_dockerfile
