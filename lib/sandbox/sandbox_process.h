#ifndef LIB_SANDBOX_SANDBOX_PROCESS_H_
#define LIB_SANDBOX_SANDBOX_PROCESS_H_

#include "absl/status/statusor.h"
#include "lib/sandbox/sandbox_spec.h"

namespace rules_dockerfile {

// The ends of the command's standard streams.
struct SandboxStreams {
  int stdin_fd = -1;
  int stdout_fd = -1;
  int stderr_fd = -1;
};

// What the process between the caller of RunInSandbox() and the command does:
// it enters the namespaces, makes the root directory, starts the command as
// pid 1, answers its supervised calls, and collects what it left. It shares
// the root directory with the command in the end.
absl::StatusOr<SandboxResult> RunSandboxProcess(const SandboxSpec& spec,
                                                const SandboxStreams& streams);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SANDBOX_PROCESS_H_
