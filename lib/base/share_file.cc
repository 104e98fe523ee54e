#include "lib/base/share_file.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

namespace rules_dockerfile {

bool ShareFile(const std::string& from, const std::string& to) {
  // Does not wait for the writer of a FIFO.
  const int source = open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (source < 0) return false;
  bool shared = false;
  struct stat info;
  if (fstat(source, &info) == 0 && S_ISREG(info.st_mode)) {
    const bool read_only = (info.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0;
    shared = read_only && linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(),
                                 AT_SYMLINK_FOLLOW) == 0;
    const int target =
        shared
            ? -1
            : open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (target >= 0) {
      shared = ioctl(target, FICLONE, source) == 0;
      close(target);
      if (!shared) unlink(to.c_str());
    }
  }
  close(source);
  return shared;
}

}  // namespace rules_dockerfile
