#ifndef LIB_SANDBOX_SUPERVISOR_TARGET_FILE_H_
#define LIB_SANDBOX_SUPERVISOR_TARGET_FILE_H_

#include <sys/stat.h>

#include <optional>
#include <string>
#include <utility>

#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// A file of a supervised process, found by its name and open with O_PATH: it
// stays the same file whatever becomes of the name.
class TargetFile {
 public:
  // nullopt if `fd` is none. `proc_fd` is a /proc in which this process
  // appears.
  static std::optional<TargetFile> Take(UniqueFd fd, int proc_fd);
  // What has this name in a directory; a symlink is found itself.
  static std::optional<TargetFile> At(int directory_fd, const std::string& name,
                                      int proc_fd);

  int fd() const { return fd_.get(); }
  // As it was when it was found.
  const struct stat& info() const { return info_; }
  // Whether it is of /proc or /sys, where what is there depends on who looks.
  bool DependsOnWhoLooks() const;
  // Whether its mount is read-only, or all of its file system.
  bool IsReadOnly() const;
  // Opens the file itself; -1 and errno as of open(2). Never blocks on a FIFO
  // and takes no terminal. Not for symlinks.
  UniqueFd Open(int flags) const;
  // chmod(2), but not of symlinks.
  void ChangeMode(mode_t mode) const;
  // Gives up the descriptor.
  UniqueFd Release() { return std::move(fd_); }

 private:
  TargetFile(UniqueFd fd, const struct stat& info, int proc_fd)
      : fd_(std::move(fd)), info_(info), proc_fd_(proc_fd) {}

  // The name of the descriptor in proc_fd_, which leads to the file itself.
  std::string Link() const;

  UniqueFd fd_;
  struct stat info_;
  int proc_fd_;
};

// How the name of a new file is understood.
enum class NewName {
  kItself,     // the last part of the path
  kFollowed,   // what a dangling symlink leads to, of open(2)
  kDirectory,  // slashes may end it, of mkdir(2)
};

// Where a supervised process makes a file: `name`, one part of a path and
// neither "." nor "..", which was not there, in `directory`.
struct NewFile {
  TargetFile directory;
  std::string name;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_TARGET_FILE_H_
