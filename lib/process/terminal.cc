#include "lib/process/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

absl::StatusOr<Terminal> OpenTerminal(int pts, const winsize& size) {
  Terminal terminal;
  constexpr int kFlags = O_RDWR | O_NOCTTY | O_CLOEXEC;
  terminal.master = UniqueFd(openat(pts, "ptmx", kFlags));
  int unlocked = 0;
  int number = 0;
  if (!terminal.master.ok() ||
      ioctl(terminal.master.get(), TIOCSPTLCK, &unlocked) < 0 ||
      ioctl(terminal.master.get(), TIOCGPTN, &number) < 0) {
    return absl::ErrnoToStatus(errno, "cannot create a terminal");
  }
  terminal.slave = UniqueFd(openat(pts, absl::StrCat(number).c_str(), kFlags));
  if (!terminal.slave.ok() ||
      ioctl(terminal.slave.get(), TIOCSWINSZ, &size) < 0) {
    return absl::ErrnoToStatus(errno, "cannot open the terminal");
  }
  return terminal;
}

}  // namespace rules_dockerfile
