#ifndef LIB_SANDBOX_SUPERVISOR_CALL_RECEIVER_H_
#define LIB_SANDBOX_SUPERVISOR_CALL_RECEIVER_H_

#include <linux/seccomp.h>

#include <cstdint>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace rules_dockerfile {

// Receives the system calls that wait at a listener of seccomp_unotify(2), for
// one thread and its helpers.
//
// The kernel wakes all threads that wait at a listener, for each call. So the
// helpers do not, unless calls had to wait for the thread lately. And no two
// threads receive one call: before Linux 6.11 the second would wait for good,
// even when no supervised process is left.
//
// A helper comes only when a call has to wait at the moment at which the thread
// asks for the next one. So no answer to a call may wait for another call.
class CallReceiver {
 public:
  explicit CallReceiver(int listener) : listener_(listener) {}

  // Waits for a call; nullopt when no supervised process is left.
  std::optional<seccomp_notif> Receive() ABSL_LOCKS_EXCLUDED(mutex_);
  // The same for a helper: waits until it is wanted, too.
  std::optional<seccomp_notif> Help() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  enum class Who { kThread, kHelper };

  std::optional<seccomp_notif> ReceiveFor(Who who) ABSL_LOCKS_EXCLUDED(mutex_);
  bool WantsHelp() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return ended_ || helped_calls_ > 0;
  }
  // Takes a call that waits; nullopt if its process was killed, or at the end.
  std::optional<seccomp_notif> Take() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int listener_;
  absl::Mutex mutex_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  // For so many calls more the helpers wait at the listener, too.
  int helped_calls_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_CALL_RECEIVER_H_
