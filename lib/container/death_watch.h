#ifndef LIB_CONTAINER_DEATH_WATCH_H_
#define LIB_CONTAINER_DEATH_WATCH_H_

#include <sys/types.h>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// Puts things right when this process is killed before it could: a process
// that waits for the end of this one and of those that it starts meanwhile.
// Movable; does nothing if the object is destroyed first.
class DeathWatch {
 public:
  // `act` is called in the other process, which has of the open files of this
  // one only the standard input. Must not be called while other threads run.
  static absl::StatusOr<DeathWatch> Start(absl::FunctionRef<void()> act);
  DeathWatch(DeathWatch&& other) noexcept;
  DeathWatch& operator=(DeathWatch&&) = delete;
  ~DeathWatch();

 private:
  DeathWatch(UniqueFd alive, pid_t pid);

  UniqueFd alive_;  // its other end is at its end when no process holds it
  pid_t pid_;
};

}  // namespace rules_dockerfile

#endif  // LIB_CONTAINER_DEATH_WATCH_H_
