#ifndef LIB_SANDBOX_SUPERVISOR_TARGET_FILE_H_
#define LIB_SANDBOX_SUPERVISOR_TARGET_FILE_H_

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// A file of a supervised process, found by its name and open with O_PATH: it
// stays the same file if the name changes. Copies share the descriptor. A file
// that was only looked at has info() and no descriptor: Hold() opens it.
class TargetFile {
 public:
  // nullopt if `fd` is not open. `proc_fd` is a /proc in which this process
  // appears.
  static std::optional<TargetFile> Take(UniqueFd fd, int proc_fd);
  // The same for a descriptor that may be open for reading and writing, too.
  static std::optional<TargetFile> TakeOpen(UniqueFd fd, int proc_fd);
  // What has this name in a directory; a symlink is found itself.
  static std::optional<TargetFile> At(const TargetFile& directory,
                                      const std::string& name);
  // The same, but a regular file is only looked at.
  static std::optional<TargetFile> LookAt(const TargetFile& directory,
                                          const std::string& name);
  // With a descriptor. Of a file that was only looked at, what has its name by
  // now; nullopt if nothing has it.
  std::optional<TargetFile> Hold() const;

  int fd() const { return fd_->get(); }
  // Whether fd() is more than O_PATH: then it is the open file of a process,
  // whose locks and ends of pipes last as long as the last descriptor. So it
  // must not be kept.
  bool is_open() const { return open_; }
  // As it was when it was found.
  const struct stat& info() const { return info_; }
  // Whether it is of /proc or /sys, whose contents depend on the reader.
  bool DependsOnWhoLooks() const;
  // Whether its mount is read-only, or all of its file system.
  bool IsReadOnly() const;
  // Opens the file itself for reading; -1 and errno as of open(2). Never blocks
  // on a FIFO and takes no terminal. Not for symlinks.
  UniqueFd Open() const;
  // A descriptor to keep, O_PATH.
  UniqueFd Pin() const;
  // chmod(2), but not of symlinks.
  void ChangeMode(mode_t mode) const;
  // The same file as it is now.
  std::optional<TargetFile> LookAgain() const;

 private:
  TargetFile(std::shared_ptr<const UniqueFd> fd, const struct stat& info,
             int proc_fd)
      : fd_(std::move(fd)), info_(info), proc_fd_(proc_fd) {}

  // The name of the descriptor in proc_fd_, which leads to the file itself.
  std::string Link() const;
  // As Open(), but faster; -1 if that is not possible.
  UniqueFd OpenByName() const;

  std::shared_ptr<const UniqueFd> fd_;  // null: only looked at
  struct stat info_;
  int proc_fd_;
  bool open_ = false;
  // Where a regular file was found, if by a name: a hint.
  std::shared_ptr<const UniqueFd> directory_;
  std::string name_;
};

// How the name of a new file is understood.
enum class NewName {
  kItself,     // the last part of the path
  kFollowed,   // what a dangling symlink leads to, of open(2)
  kDirectory,  // slashes may end it, of mkdir(2)
};

// Where a supervised process creates a file: `name`, one part of a path and
// neither "." nor "..", which was not there, in `directory`.
struct NewFile {
  TargetFile directory;
  std::string name;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_TARGET_FILE_H_
