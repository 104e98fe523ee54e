#ifndef LIB_BASE_BLOCKED_SIGPIPE_H_
#define LIB_BASE_BLOCKED_SIGPIPE_H_

#include <signal.h>
#include <time.h>

namespace rules_dockerfile {

// Keeps the SIGPIPE of a write without a reader from this thread
// while it lives: the write fails with EPIPE. To ignore the signal would be for
// all threads.
class BlockedSigpipe {
 public:
  BlockedSigpipe() {
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  BlockedSigpipe(const BlockedSigpipe&) = delete;
  BlockedSigpipe& operator=(const BlockedSigpipe&) = delete;
  ~BlockedSigpipe() {
    const timespec now = {};
    if (!was_pending_) sigtimedwait(&sigpipe_, nullptr, &now);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t sigpipe_;
  sigset_t before_;
  bool was_pending_ = false;
};

}  // namespace rules_dockerfile

#endif  // LIB_BASE_BLOCKED_SIGPIPE_H_
