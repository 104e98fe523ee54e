#ifndef LIB_SANDBOX_WATCHED_FILES_H_
#define LIB_SANDBOX_WATCHED_FILES_H_

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// Files that a command can write, and what they take of the memory, in bytes
// since this object was made: nothing if they are on a disk. Movable.
class WatchedFiles {
 public:
  // A file system of which `file` is one file.
  explicit WatchedFiles(UniqueFd file);

  // What is below a directory of a file system in which others write too. The
  // directories in it that are named by a number do not change. Files that were
  // removed, but are open, have one of the device numbers `devices`. If a walk
  // takes longer than `longest_walk`, the whole file system counts.
  WatchedFiles(UniqueFd directory, std::vector<dev_t> devices,
               absl::Duration longest_walk = absl::Seconds(10));

  bool is_whole() const { return devices_.empty(); }

  // At least what Grown() would return: of a whole file system.
  int64_t AtMost() const;

  // With the processes of a /proc. What needs a walk is looked at less often
  // than it is asked for, so that a tenth of the time is enough.
  int64_t Grown(int proc_fd, const std::vector<std::string>& ids);

  // Whether Grown() leaves out the file of a mapping, which has no name any
  // more and is not open: it is one of these files, and was not seen then.
  bool LeavesOut(dev_t device, ino_t inode) const;

 private:
  int64_t Walk(int proc_fd, const std::vector<std::string>& ids);

  UniqueFd file_;
  std::vector<dev_t> devices_;  // if it is not a whole file system
  absl::Duration longest_walk_;
  int64_t at_start_ = 0;
  int64_t grown_ = 0;      // when it was last walked
  std::set<ino_t> links_;  // those seen then that have not one name
  absl::Time next_walk_ = absl::InfinitePast();
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_WATCHED_FILES_H_
