#ifndef LIB_SANDBOX_SANDBOX_H_
#define LIB_SANDBOX_SANDBOX_H_

#include "absl/status/statusor.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Runs a command in a root directory as BuildKit would: docs/sandbox.md says
// what it finds there. Its standard input is at its end; what it writes
// appears on this process' standard output and error. When it ends, all that it
// started end with it, and nothing is left behind. Not to be called with other
// threads running. PermissionDenied, with what to check, if the system allows
// no sandbox; Cancelled when SIGHUP, SIGINT, SIGQUIT or SIGTERM ended it.
absl::StatusOr<SandboxResult> RunInSandbox(const SandboxSpec& spec);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SANDBOX_H_
