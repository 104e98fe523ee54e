#ifndef LIB_SANDBOX_ROOT_HOST_FILES_H_
#define LIB_SANDBOX_ROOT_HOST_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// What must be opened before the sandbox' own file systems hide part of the
// host's files.
struct HostFiles {
  UniqueFd proc;                       // a /proc in which this process appears
  std::vector<UniqueFd> bind_sources;  // of each mount; none unless kBind
  UniqueFd snapshot;                   // SandboxSpec::snapshot, if it opens
  std::string resolv_conf;             // "" unless kHost
};

// NotFound if a bind mount's source is missing.
absl::StatusOr<HostFiles> OpenHostFiles(const SandboxSpec& spec);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_HOST_FILES_H_
