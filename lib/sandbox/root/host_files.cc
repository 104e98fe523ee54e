#include "lib/sandbox/root/host_files.h"

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/file.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

absl::StatusOr<HostFiles> OpenHostFiles(const SandboxView& view,
                                        const std::string& snapshot) {
  HostFiles files;
  files.proc = UniqueFd(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (const SandboxMount& mount : view.mounts) {
    UniqueFd fd;
    if (const auto* bind = std::get_if<BindMount>(&mount)) {
      fd = UniqueFd(open(bind->source.c_str(), O_PATH | O_CLOEXEC));
      if (!fd.ok()) {
        return absl::ErrnoToStatus(
            errno, absl::StrCat("cannot open \"", bind->source, "\""));
      }
    }
    files.bind_sources.push_back(std::move(fd));
  }
  if (!snapshot.empty()) {
    files.snapshot =
        UniqueFd(open(snapshot.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  if (view.network == SandboxNetwork::kHost) {
    files.resolv_conf = ReadFile("/etc/resolv.conf").value_or("");
  }
  return files;
}

}  // namespace rules_dockerfile
