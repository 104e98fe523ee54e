#ifndef LIB_SANDBOX_ROOT_HOST_FILES_H_
#define LIB_SANDBOX_ROOT_HOST_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Files of the host, opened before the mounts of the sandbox hide some of them.
struct HostFiles {
  UniqueFd proc;                       // a /proc in which this process appears
  std::vector<UniqueFd> bind_sources;  // one per mount; ok for a BindMount
  std::string resolv_conf;             // "" unless kHost
};

// Opens the host's files that the view needs. NotFound if the source of a
// BindMount is missing; FailedPrecondition `"/x" was replaced` if it is not
// BindMount::expected.
absl::StatusOr<HostFiles> OpenHostFiles(const SandboxView& view);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_HOST_FILES_H_
