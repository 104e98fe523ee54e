#ifndef LIB_SANDBOX_SANDBOX_CHILD_H_
#define LIB_SANDBOX_SANDBOX_CHILD_H_

#include <sys/types.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The process that creates a sandbox and waits in it for the command to end. It
// ends with this one.
//
//   ABSL_ASSIGN_OR_RETURN(SandboxChild child, SandboxChild::Start(spec));
//   … feed `standard_input`, drain the others, `report` into a string …
//   return child.Finish(text);
class SandboxChild {
 public:
  // Must not be called while other threads run.
  static absl::StatusOr<SandboxChild> Start(const SandboxSpec& spec);

  // Kills the child, and its command with it.
  void Kill() const;

  // Waits for the child, and empties the spec's scratch directory. `text` is
  // all that came out of `report`: Internal `the sandbox was killed` if it is
  // incomplete. The result has no `output_tail`.
  absl::StatusOr<SandboxResult> Finish(absl::string_view text);

  // The same, but without a scratch directory leaves the child to the caller,
  // to wait for: it only takes its mounts apart. `rest` is its pid then.
  absl::StatusOr<SandboxResult> Finish(absl::string_view text, pid_t& rest);

  // The ends of pipes to the command's standard streams; none if it has a
  // terminal.
  UniqueFd standard_input;
  UniqueFd standard_output;
  UniqueFd standard_error;
  // A socket: ReceiveFd() returns the other end of the terminal, if the spec
  // has one, and then, when there is a command, a pidfd of it.
  UniqueFd command;
  // At its end the child has ended.
  UniqueFd report;

 private:
  SandboxChild() = default;

  SandboxMode mode_ = SandboxMode::kEmulated;
  std::string scratch_directory_;
  pid_t pid_ = -1;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SANDBOX_CHILD_H_
