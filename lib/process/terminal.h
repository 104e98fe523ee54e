#ifndef LIB_PROCESS_TERMINAL_H_
#define LIB_PROCESS_TERMINAL_H_

#include <sys/ioctl.h>

#include <string>

#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// The two ends of a pseudoterminal: pty(7).
struct Terminal {
  UniqueFd master;  // of the one who shows it
  UniqueFd slave;   // the terminal itself
};

// A new terminal of the devpts that is mounted on `pts`, so that those who
// have it as /dev/pts know its name.
absl::StatusOr<Terminal> OpenTerminal(const std::string& pts,
                                      const winsize& size);

}  // namespace rules_dockerfile

#endif  // LIB_PROCESS_TERMINAL_H_
