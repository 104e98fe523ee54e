#ifndef LIB_SANDBOX_ROOT_PLACED_FILES_H_
#define LIB_SANDBOX_ROOT_PLACED_FILES_H_

#include <time.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rules_dockerfile {

// What stands in a rootfs while a command runs, where nothing can be mounted:
// the files of the rootfs that it hides wait elsewhere on the same file system.
class PlacedFiles {
 public:
  // `root` and `aside` are absolute paths of directories; `aside` is empty.
  PlacedFiles(std::string root, std::string aside);

  // Makes room at `target`, an absolute path in the rootfs, whose symlinks are
  // followed: missing directories above it are made, and what is there goes
  // aside. Returns where that is outside, for the caller to make what he wants.
  absl::StatusOr<std::string> MakeRoom(const std::string& target);

  // Gives the directories that hold what was placed the times that they had.
  absl::Status RestoreTimes();

  // Removes what was placed, the last first, and puts back what was there. The
  // directories keep their times.
  absl::Status TakeAway();

 private:
  struct Place {
    std::string path;               // absolute, outside
    std::string aside;              // what was there; "" if nothing was
    std::string directory;          // that holds it
    timespec time = {};             // of the directory
    std::vector<std::string> made;  // directories, the topmost first
  };

  std::string root_;
  std::string aside_;
  std::vector<Place> places_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_PLACED_FILES_H_
