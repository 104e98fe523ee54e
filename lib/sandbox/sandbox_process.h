#ifndef LIB_SANDBOX_SANDBOX_PROCESS_H_
#define LIB_SANDBOX_SANDBOX_PROCESS_H_

#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The other ends of what SandboxChild has.
struct SandboxStreams {
  UniqueFd standard_input;
  UniqueFd standard_output;
  UniqueFd standard_error;
  UniqueFd command;

  void Close() { *this = SandboxStreams(); }
};

// Runs the process between the caller and the command: it enters the
// namespaces, creates the root directory, starts the command as pid 1, answers
// its supervised calls, and collects what it left. It shares the root directory
// with the command in the end.
absl::StatusOr<SandboxResult> RunSandboxProcess(const SandboxSpec& spec,
                                                SandboxStreams streams);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SANDBOX_PROCESS_H_
