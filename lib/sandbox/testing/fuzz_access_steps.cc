#include "lib/sandbox/testing/fuzz_access_steps.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "lib/sandbox/testing/fuzz_log.h"

namespace rules_dockerfile {

void AccessSteps::OpenFile() {
  const std::string path = Path();
  if (IsDevice(path)) return;
  const int choices[] = {O_RDONLY,
                         O_RDONLY,
                         O_WRONLY,
                         O_RDWR,
                         O_PATH,
                         O_RDONLY | O_DIRECTORY,
                         O_RDONLY | O_NOFOLLOW,
                         O_RDONLY | O_NOATIME};
  const int flags = Of(choices);
  // A FIFO would wait for another process.
  const int fd = open(path.c_str(), flags | O_NONBLOCK | O_CLOEXEC);
  Tell(fd < 0 ? -1 : 0, "open %s %x", path.c_str(), flags);
  if (fd >= 0) close(fd);
}

void AccessSteps::ListDirectory() {
  const std::string path = Path();
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  Tell(fd < 0 ? -1 : fchdir(fd), "enter %s", path.c_str());
  if (fd >= 0) close(fd);
}

void AccessSteps::Truncate() {
  const std::string path = Path();
  struct stat info;
  // Set-user-ID bits are lost or not by another capability.
  if (IsDevice(path) ||
      (stat(path.c_str(), &info) == 0 && (info.st_mode & 06000) != 0)) {
    return;
  }
  Tell(truncate(path.c_str(), 0), "truncate %s", path.c_str());
}

void AccessSteps::SetTimes() {
  const std::string path = Path();
  const int choices[] = {0, AT_SYMLINK_NOFOLLOW};
  const int flags = Of(choices);
  const long values[] = {0, UTIME_NOW, UTIME_OMIT};
  const timespec times[2] = {{5, Of(values)}, {5, Of(values)}};
  const bool given = Pick(3) != 0;
  Tell(utimensat(AT_FDCWD, path.c_str(), given ? times : nullptr, flags),
       "utimensat %s %d %lx %lx %x", path.c_str(), given, times[0].tv_nsec,
       times[1].tv_nsec, flags);
}

void AccessSteps::AskAccess() {
  const std::string path = Path();
  if (IsDevice(path)) return;
  const int mode = Pick(8);
  const int choices[] = {0, AT_EACCESS, AT_SYMLINK_NOFOLLOW};
  const int flags = Of(choices);
  Tell(faccessat(AT_FDCWD, path.c_str(), mode, flags), "access %s %o %x",
       path.c_str(), mode, flags);
}

void AccessSteps::ReadLink() {
  const std::string path = Path();
  char text[256];
  Tell(readlink(path.c_str(), text, sizeof text), "readlink %s", path.c_str());
}

void AccessSteps::Exchange() {
  const std::string from = Path(), to = Path();
  Tell(renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE),
       "exchange %s %s", from.c_str(), to.c_str());
}

void AccessSteps::OpenChmod() {
  const std::string path = Path();
  if (IsDevice(path)) return;
  const int fd = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return Tell(fd, "open %s", path.c_str());
  struct stat info;
  const bool directory = fstat(fd, &info) == 0 && S_ISDIR(info.st_mode);
  const mode_t mode = directory ? DirectoryMode() : FileMode();
  Tell(fchmod(fd, mode), "fchmod %s %o", path.c_str(), mode);
  close(fd);
}

}  // namespace rules_dockerfile
