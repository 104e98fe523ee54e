#include "lib/base/share_file.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "lib/base/temporary_files.h"

namespace rules_dockerfile {

namespace {

// A file has its name when it is complete, whenever this process is ended.
bool CloneFile(int source, const std::string& to) {
  const std::string temporary = to + ".tmp." + std::to_string(getpid());
  unlink(temporary.c_str());  // of a process that was killed
  RememberTemporaryFile(temporary);
  const int target =
      open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  bool cloned = target >= 0 && ioctl(target, FICLONE, source) == 0;
  if (target >= 0) close(target);
  cloned = cloned && rename(temporary.c_str(), to.c_str()) == 0;
  if (cloned) {
    ForgetTemporaryFile(temporary);
  } else {
    RemoveTemporaryFile(temporary);
  }
  return cloned;
}

}  // namespace

bool ShareFile(const std::string& from, const std::string& to) {
  // Does not wait for the writer of a FIFO.
  const int source = open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (source < 0) return false;
  bool shared = false;
  struct stat info;
  if (fstat(source, &info) == 0 && S_ISREG(info.st_mode)) {
    const bool read_only = (info.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0;
    shared = (read_only && linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(),
                                  AT_SYMLINK_FOLLOW) == 0) ||
             CloneFile(source, to);
  }
  close(source);
  return shared;
}

}  // namespace rules_dockerfile
