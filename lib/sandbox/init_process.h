#ifndef LIB_SANDBOX_INIT_PROCESS_H_
#define LIB_SANDBOX_INIT_PROCESS_H_

#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Connects the first process of a sandbox with the one that created it.
struct InitChannels {
  int stdin_fd = -1;
  int stdout_fd = -1;
  int stderr_fd = -1;
  // Takes what ParseStartReport() reads; closed by the command's start.
  int error_fd = -1;
  // With a supervisor: sends the listener, then waits for a byte; else -1.
  int supervisor_fd = -1;
};

// Runs pid 1: mounts /proc, enters the root, drops what a container must not
// have, becomes the user and executes the command.
[[noreturn]] void RunInitProcess(const SandboxSpec& spec, SandboxMode mode,
                                 const RootDirectory& root,
                                 const InitChannels& channels);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_INIT_PROCESS_H_
