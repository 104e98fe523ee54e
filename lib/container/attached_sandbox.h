#ifndef LIB_CONTAINER_ATTACHED_SANDBOX_H_
#define LIB_CONTAINER_ATTACHED_SANDBOX_H_

#include <signal.h>

#include <functional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// What the command of a sandbox is connected to.
struct Attachment {
  // What it reads; -1: its input is at its end.
  int input_fd = -1;
  // Take what it writes; all goes to `output` with a terminal. False: nobody
  // reads more, so that it gets SIGPIPE.
  std::function<bool(absl::string_view)> output;
  std::function<bool(absl::string_view)> errors;
  // The terminal whose size that of the command follows; -1: none.
  int window_fd = -1;
  int stop_signal = SIGTERM;  // what it gets for a SIGTERM
  // Signals end the sandbox, and none reaches the command.
  bool passes_signals = true;
};

// Runs the command of `spec` and passes on, until it ends, its input, its
// output and the signals that this process gets: SIGHUP, SIGINT, SIGQUIT,
// SIGTERM, SIGUSR1, SIGUSR2. As pid 1 of its namespace it may ignore them: the
// third SIGHUP, SIGINT or SIGTERM kills it, and any of them ends a sandbox
// whose command has not started. Must not be called while other threads run.
// Errors are those of the sandbox, as of RunInSandbox(); Cancelled
// `interrupted` when a signal that is not passed on ended it.
absl::StatusOr<SandboxResult> RunAttached(const SandboxSpec& spec,
                                          const Attachment& attachment);

}  // namespace rules_dockerfile

#endif  // LIB_CONTAINER_ATTACHED_SANDBOX_H_
