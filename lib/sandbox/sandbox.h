#ifndef LIB_SANDBOX_SANDBOX_H_
#define LIB_SANDBOX_SANDBOX_H_

#include "absl/status/statusor.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Runs a command in a root directory as BuildKit would: docs/sandbox.md says
// what it finds there. Its standard input is empty; its output goes to the
// standard output and error of this process. All processes that it started end
// with it, and nothing is left behind. Must not be called while other threads
// run. PermissionDenied, with what to check, if the host allows no sandbox;
// Cancelled when SIGHUP, SIGINT, SIGQUIT or SIGTERM ended it.
absl::StatusOr<SandboxResult> RunInSandbox(const SandboxSpec& spec);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SANDBOX_H_
