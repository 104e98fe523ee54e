#ifndef LIB_SANDBOX_SANDBOX_H_
#define LIB_SANDBOX_SANDBOX_H_

#include <sys/types.h>

#include "absl/status/statusor.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Runs a command in a root directory as BuildKit would: docs/sandbox.md says
// what it finds there. Its standard input is empty; its output goes to the
// standard output and error of this process; of more than 15 MiB only the
// beginning and the end. All processes that it started end with it, and nothing
// is left behind. Must not be called while other threads run. PermissionDenied,
// with what to check, if the host allows no sandbox; Cancelled when SIGHUP,
// SIGINT, SIGQUIT or SIGTERM ended it.
absl::StatusOr<SandboxResult> RunInSandbox(const SandboxSpec& spec);

// The process of a sandbox in which no other is left, while it takes its mounts
// apart. The destructor waits for its end.
class SandboxRest {
 public:
  SandboxRest() = default;
  SandboxRest(const SandboxRest&) = delete;
  SandboxRest& operator=(const SandboxRest&) = delete;
  ~SandboxRest();

 private:
  friend absl::StatusOr<SandboxResult> RunInSandbox(const SandboxSpec& spec,
                                                    SandboxRest* rest);
  pid_t pid_ = -1;
};

// The same, but if the rootfs is in memory, leaves that process to `rest`. One
// `rest` is for one sandbox.
absl::StatusOr<SandboxResult> RunInSandbox(const SandboxSpec& spec,
                                           SandboxRest* rest);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SANDBOX_H_
