#include "lib/container/raw_terminal.h"

#include <termios.h>

namespace rules_dockerfile {

RawTerminal::RawTerminal(int fd) : fd_(fd) {
  termios modes;
  if (tcgetattr(fd, &modes) < 0) return;
  modes_ = modes;
  cfmakeraw(&modes);
  tcsetattr(fd, TCSADRAIN, &modes);
}

void RawTerminal::Restore() const {
  if (modes_.has_value()) tcsetattr(fd_, TCSADRAIN, &*modes_);
}

}  // namespace rules_dockerfile
