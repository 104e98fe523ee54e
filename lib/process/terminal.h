#ifndef LIB_PROCESS_TERMINAL_H_
#define LIB_PROCESS_TERMINAL_H_

#include <sys/ioctl.h>

#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// The two ends of a pseudoterminal: pty(7).
struct Terminal {
  UniqueFd master;  // of the one who shows it
  UniqueFd slave;   // the terminal itself
};

// A new terminal of the devpts whose root directory is open as `pts`, so that
// processes that have it as /dev/pts know its name.
absl::StatusOr<Terminal> OpenTerminal(int pts, const winsize& size);

}  // namespace rules_dockerfile

#endif  // LIB_PROCESS_TERMINAL_H_
