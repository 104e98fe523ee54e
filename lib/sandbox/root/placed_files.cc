#include "lib/sandbox/root/placed_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/root/rooted_path.h"

namespace rules_dockerfile {
namespace {

absl::Status PlaceError(const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot make room at ", path));
}

absl::StatusOr<timespec> TimeOf(const std::string& directory) {
  struct stat info;
  if (stat(directory.c_str(), &info) < 0) return PlaceError(directory);
  return info.st_mtim;
}

absl::Status SetTime(const std::string& directory, const timespec& time) {
  const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, time};
  if (utimensat(AT_FDCWD, directory.c_str(), times, 0) == 0) {
    return absl::OkStatus();
  }
  return PlaceError(directory);
}

void Remove(const std::string& path) {
  if (unlink(path.c_str()) == 0) return;
  const UniqueFd fd(
      open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.ok()) return;
  RemoveTree(fd.get());
  rmdir(path.c_str());
}

}  // namespace

PlacedFiles::PlacedFiles(std::string root, std::string aside)
    : root_(std::move(root)), aside_(std::move(aside)) {}

absl::StatusOr<std::string> PlacedFiles::MakeRoom(const std::string& target) {
  const UniqueFd top(open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ABSL_ASSIGN_OR_RETURN(const std::string path,
                        ResolveInRoot(top.get(), target));
  if (path.empty()) {
    return absl::InvalidArgumentError("cannot mount on the root directory");
  }
  const size_t slash = path.rfind('/');
  const std::string parent =
      slash == std::string::npos ? "" : path.substr(0, slash);
  Place place = {.path = absl::StrCat(root_, "/", path),
                 .directory = absl::StrCat(root_, "/", parent)};
  if (!parent.empty()) {
    ABSL_ASSIGN_OR_RETURN(place.made,
                          MakeInRoot(top.get(), parent, /*directory=*/true));
  }
  ABSL_ASSIGN_OR_RETURN(place.time, TimeOf(place.directory));
  std::string aside = absl::StrCat(aside_, "/", places_.size());
  if (rename(place.path.c_str(), aside.c_str()) == 0) {
    place.aside = std::move(aside);
  } else if (errno != ENOENT) {
    return PlaceError(target);
  }
  places_.push_back(place);
  return place.path;
}

absl::Status PlacedFiles::RestoreTimes() {
  // Of several places in a directory the first one knows its time.
  for (auto place = places_.rbegin(); place != places_.rend(); ++place) {
    ABSL_RETURN_IF_ERROR(SetTime(place->directory, place->time));
  }
  return absl::OkStatus();
}

absl::Status PlacedFiles::TakeAway() {
  for (; !places_.empty(); places_.pop_back()) {
    const Place& place = places_.back();
    // The command may have removed the directory.
    const absl::StatusOr<timespec> time = TimeOf(place.directory);
    if (!time.ok()) continue;
    Remove(place.path);
    if (!place.aside.empty() &&
        rename(place.aside.c_str(), place.path.c_str()) < 0) {
      return PlaceError(place.path);
    }
    ABSL_RETURN_IF_ERROR(SetTime(place.directory, *time));
    // What the command left in them keeps them.
    for (auto made = place.made.rbegin(); made != place.made.rend(); ++made) {
      rmdir(absl::StrCat(root_, "/", *made).c_str());
    }
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
