#ifndef LIB_SANDBOX_KEEPER_H_
#define LIB_SANDBOX_KEEPER_H_

#include <sys/types.h>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The process between the sandbox process and the command. It is pid 1 of a pid
// namespace, and the command is pid 1 of one inside it: programs see themselves
// as pid 1, as in Docker, and can neither see nor signal nor trace the keeper.
// Nothing that the command can change ties it to its maker (PR_SET_PDEATHSIG is
// lost when it changes its user). The keeper ends the command when the sandbox
// process ends or says so, and waits until all that the command started has
// ended; if the keeper is killed itself, the kernel ends both namespaces.
//
// With SandboxMode::kChroot there are no namespaces: then it adopts what the
// command leaves behind, and kills it.
//
// Until it ends it keeps the descriptors that it inherited, so that the end of
// such a pipe means that nothing of the sandbox is left.
class Keeper {
 public:
  // `run` is called in the command's process and does not return. `started` is
  // called in the keeper, with the command's pid in its namespace, to close the
  // command's descriptors. This process must have no threads.
  static absl::StatusOr<Keeper> Start(
      SandboxMode mode, absl::FunctionRef<void()> run,
      absl::FunctionRef<void(pid_t command)> started);
  Keeper(Keeper&& other) noexcept;
  Keeper& operator=(Keeper&&) = delete;
  ~Keeper();

  // Kills the command. May be called from another thread than Wait().
  void EndCommand();

  // Waits for the end of the command and of all that it started; its status as
  // of waitpid(2), that of SIGKILL if the keeper itself was killed. An error if
  // no process could be made for the command.
  absl::StatusOr<int> Wait();

 private:
  Keeper(UniqueFd alive, UniqueFd status, pid_t pid);

  UniqueFd alive_;  // a socket: its end, or a byte, ends the command
  UniqueFd status_;
  pid_t pid_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_KEEPER_H_
