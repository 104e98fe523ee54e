#ifndef LIB_SANDBOX_SUPERVISOR_MACHINE_CALLS_H_
#define LIB_SANDBOX_SUPERVISOR_MACHINE_CALLS_H_

#include "lib/sandbox/supervisor/notification.h"

namespace rules_dockerfile {

// Answers for the shown machine: the one of shown_machine.h. Thread-safe.
class MachineCalls {
 public:
  // With `fixed_boot` it was booted a second ago.
  MachineCalls(int processors, bool fixed_boot)
      : processors_(processors), fixed_boot_(fixed_boot) {}

  // All processors, whatever SetAffinity() was asked for.
  Answer GetAffinity(const Notification& call) const;
  // Does nothing; EINVAL if it names no processor.
  Answer SetAffinity(const Notification& call) const;
  // The first one, always.
  Answer GetCpu(const Notification& call) const;
  Answer Uname(const Notification& call) const;
  Answer Sysinfo(const Notification& call) const;

 private:
  int processors_;
  bool fixed_boot_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_MACHINE_CALLS_H_
