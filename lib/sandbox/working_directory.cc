#include "lib/sandbox/working_directory.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/rooted_path.h"

namespace rules_dockerfile {
namespace {

// Closes `first` to `last`.
void CloseRange(unsigned first, unsigned last) {
  if (first > last || syscall(SYS_close_range, first, last, 0) == 0) return;
  // Before Linux 5.9.
  const long limit = sysconf(_SC_OPEN_MAX);
  for (long fd = first; fd < limit && fd <= static_cast<long>(last); ++fd) {
    close(static_cast<int>(fd));
  }
}

absl::Status CannotEnter(absl::string_view path) {
  const int error = errno;
  const absl::Status status = absl::ErrnoToStatus(
      error, absl::StrCat("cannot enter the working directory \"", path, "\""));
  if (error != ELOOP) return status;
  return absl::PermissionDeniedError(
      absl::StrCat(status.message(),
                   "\nhint: links of /proc to open files and to directories of "
                   "processes are not followed"));
}

// Whether the kernel finds this process' directory below its root: getcwd(2),
// "(unreachable)". C libraries hide the text.
bool IsInRoot() {
  char path[PATH_MAX];
  return syscall(SYS_getcwd, path, sizeof path) > 0 && path[0] == '/';
}

}  // namespace

void CloseDescriptorsBut(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned first = 3;
  for (const int fd : kept) {
    if (fd < static_cast<int>(first)) continue;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    CloseRange(first, static_cast<unsigned>(fd) - 1);
    first = static_cast<unsigned>(fd) + 1;
  }
  CloseRange(first, ~0u);
}

absl::Status EnterWorkingDirectory(const std::string& path) {
  const UniqueFd root(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const UniqueFd directory = OpenInRoot(root.get(), path, O_PATH | O_DIRECTORY);
  if (!directory.ok() || fchdir(directory.get()) < 0) return CannotEnter(path);
  if (IsInRoot()) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat(
      "the working directory \"", path, "\" is not in the root directory"));
}

}  // namespace rules_dockerfile
