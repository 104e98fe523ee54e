#ifndef LIB_SANDBOX_ROOT_PLACED_FILES_H_
#define LIB_SANDBOX_ROOT_PLACED_FILES_H_

#include <time.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/rooted_path.h"

namespace rules_dockerfile {

// What stands in a rootfs while a command runs, where nothing can be mounted:
// the files of the rootfs that it hides wait elsewhere on the same file system.
// The directories that hold it stay open, so that no link which the command
// leaves in their place leads anywhere.
class PlacedFiles {
 public:
  // Open directories; `aside` is empty.
  PlacedFiles(UniqueFd root, UniqueFd aside)
      : root_(std::move(root)), aside_(std::move(aside)) {}

  // Where a file or directory is to be made: openat(2) and the like.
  struct Room {
    int directory_fd = -1;  // as long as PlacedFiles
    std::string name;
  };

  // Makes room at `target`, an absolute path in the rootfs, whose symlinks are
  // followed: missing directories above it are made, and what is there goes
  // aside.
  absl::StatusOr<Room> MakeRoom(const std::string& target);

  // Gives the directories that hold what was placed the times that they had.
  absl::Status RestoreTimes();

  // Removes what was placed, the last first, and puts back what was there. The
  // directories keep their times. Where the command removed the directory there
  // is nothing to do; one that it moved is followed.
  absl::Status Remove();

 private:
  struct Place {
    UniqueFd directory;  // that holds it
    std::string name;
    std::string aside;              // what was there; "" if nothing was
    timespec time = {};             // of the directory
    std::vector<RootedPlace> made;  // directories, the topmost first
  };

  absl::Status Remove(const Place& place);

  UniqueFd root_;
  UniqueFd aside_;
  std::vector<Place> places_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_PLACED_FILES_H_
