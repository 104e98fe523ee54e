#ifndef LIB_SANDBOX_CLOCK_CALLS_H_
#define LIB_SANDBOX_CLOCK_CALLS_H_

#include <cstdint>
#include <vector>

#include "lib/sandbox/fake_clock.h"
#include "lib/sandbox/notification.h"

namespace rules_dockerfile {

// Answers what time it is. Programs ask the vDSO, which no filter sees; so
// when a new program sets its thread pointer, before it can have asked, the
// vDSO's functions in its memory are overwritten with the system calls.
// Thread-safe; borrows the clock.
class ClockCalls {
 public:
  explicit ClockCalls(const FakeClock* clock);

  Answer PatchVdso(const Notification& call);
  Answer ClockGettime(const Notification& call);
  Answer Gettimeofday(const Notification& call);
  Answer Time(const Notification& call);

 private:
  struct VdsoFunction {
    uint64_t offset;  // from the vDSO's start
    uint32_t number;  // of the system call that does the same
  };
  static std::vector<VdsoFunction> FindVdsoFunctions();

  const FakeClock* clock_;
  std::vector<VdsoFunction> functions_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_CLOCK_CALLS_H_
