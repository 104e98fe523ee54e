// The terminal of whoever builds: input pushed into it runs as commands.

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "lib/sandbox/testing/escape/attempt.h"
#include "lib/sandbox/testing/escape/outcome.h"

namespace rules_dockerfile {
namespace {

// Whether it is one of the sandbox's own /dev/pts.
bool IsOwn(int fd) {
  struct stat terminal, pts;
  return fstat(fd, &terminal) == 0 && stat("/dev/pts/ptmx", &pts) == 0 &&
         terminal.st_dev == pts.st_dev;
}

std::string OnStandard(unsigned long request, const void* argument) {
  Outcomes outcomes;
  for (int fd = 0; fd <= 2; ++fd) {
    outcomes.Add(Outcome(ioctl(fd, request, argument)));
  }
  return outcomes.Text("none");
}

std::string PushInput(const Target&) {
  const char byte = ' ';
  return OnStandard(TIOCSTI, &byte);
}

std::string PasteSelection(const Target&) {
  char paste = 3;  // TIOCL_PASTESEL
  return OnStandard(TIOCLINUX, &paste);
}

std::string TakeConsole(const Target&) {
  Outcomes outcomes;
  for (int fd = 0; fd <= 2; ++fd) {
    outcomes.Add(Outcome(ioctl(fd, TIOCCONS, 0)));
  }
  return outcomes.Text("none");
}

std::string ControllingTerminal(const Target&) {
  const int fd = open("/dev/tty", O_RDWR);
  if (fd < 0) return Outcome(-1);
  char pathname[256];
  return ttyname_r(0, pathname, sizeof pathname) == 0 && IsOwn(0)
             ? "its own terminal"
             : "ESCAPED";
}

}  // namespace

const Attempts& TerminalAttempts() {
  static const Attempts attempts = {
      {"tty_controlling", ControllingTerminal},
      {"tty_tiocsti", PushInput},
      {"tty_tioclinux", PasteSelection},
      {"tty_tioccons", TakeConsole},
  };
  return attempts;
}

}  // namespace rules_dockerfile
