#ifndef LIB_SANDBOX_SUPERVISOR_CLOCK_CALLS_H_
#define LIB_SANDBOX_SUPERVISOR_CLOCK_CALLS_H_

#include "lib/sandbox/machine/fake_clock.h"
#include "lib/sandbox/supervisor/notification.h"

namespace rules_dockerfile {

// Answers what time it is. Thread-safe; borrows the clock.
class ClockCalls {
 public:
  explicit ClockCalls(const FakeClock* clock) : clock_(clock) {}

  Answer ClockGettime(const Notification& call) const;
  Answer Gettimeofday(const Notification& call) const;
  Answer Time(const Notification& call) const;

 private:
  const FakeClock* clock_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_CLOCK_CALLS_H_
