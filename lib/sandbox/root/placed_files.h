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

// Files that are in a rootfs only while a command runs, where nothing can be
// mounted: the files that they replace are moved aside on the same file system.
// Their directories stay open, so that links which the command leaves in their
// place are not followed.
class PlacedFiles {
 public:
  // Open directories; `aside` is empty.
  PlacedFiles(UniqueFd root, UniqueFd aside)
      : root_(std::move(root)), aside_(std::move(aside)) {}

  // Where to create a file or directory with openat(2) and the like.
  struct Room {
    int directory_fd = -1;  // as long as PlacedFiles
    std::string name;
  };

  // Makes room at `target`, an absolute path in the rootfs, whose symlinks are
  // followed: missing directories above it are created, and an existing file is
  // moved aside.
  absl::StatusOr<Room> MakeRoom(const std::string& target);

  // Restores the times of the directories that hold placed files.
  absl::Status RestoreTimes();

  // Removes the placed files, the last first, and moves back what they
  // replaced. The directories keep their times. A directory that the command
  // removed is skipped; one that it moved is followed.
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
