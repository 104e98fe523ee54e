#include "lib/sandbox/root/placed_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/rooted_path.h"
#include "lib/sandbox/root/root_directory.h"

namespace rules_dockerfile {
namespace {

absl::Status PlaceError(absl::string_view path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot make room at ", path));
}

void RemoveEntry(int directory_fd, const char* name) {
  if (unlinkat(directory_fd, name, 0) == 0) return;
  const UniqueFd fd(openat(directory_fd, name,
                           O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.ok()) return;
  RemoveTree(fd.get());
  unlinkat(directory_fd, name, AT_REMOVEDIR);
}

}  // namespace

absl::StatusOr<PlacedFiles::Room> PlacedFiles::MakeRoom(
    const std::string& target) {
  ABSL_ASSIGN_OR_RETURN(MadePlace made, MakeParentInRoot(root_.get(), target));
  if (!made.place.directory.ok()) {
    return absl::InvalidArgumentError("cannot mount on the root directory");
  }
  Place place = {
      .directory = UniqueFd(openat(made.place.directory.get(), ".",
                                   O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
      .name = made.place.name,
      .made = std::move(made.made)};
  struct stat info;
  if (!place.directory.ok() || fstat(place.directory.get(), &info) < 0) {
    return PlaceError(target);
  }
  place.time = info.st_mtim;
  std::string aside = absl::StrCat(places_.size());
  if (renameat(place.directory.get(), place.name.c_str(), aside_.get(),
               aside.c_str()) == 0) {
    place.aside = std::move(aside);
  } else if (errno != ENOENT) {
    return PlaceError(target);
  }
  Room room = {.directory_fd = place.directory.get(), .name = place.name};
  places_.push_back(std::move(place));
  return room;
}

absl::Status PlacedFiles::RestoreTimes() {
  // Of several places in a directory the first one knows its time.
  for (auto place = places_.rbegin(); place != places_.rend(); ++place) {
    ABSL_RETURN_IF_ERROR(
        SetModificationTime(place->directory.get(), place->time));
  }
  return absl::OkStatus();
}

absl::Status PlacedFiles::Remove(const Place& place) {
  struct stat info;
  const int directory = place.directory.get();
  if (fstat(directory, &info) < 0) return PlaceError(place.name);
  if (info.st_nlink == 0) return absl::OkStatus();  // it was removed
  RemoveEntry(directory, place.name.c_str());
  if (!place.aside.empty() && renameat(aside_.get(), place.aside.c_str(),
                                       directory, place.name.c_str()) < 0) {
    return PlaceError(place.name);
  }
  ABSL_RETURN_IF_ERROR(
      SetModificationTime(place.directory.get(), info.st_mtim));
  // What the command left in them keeps them.
  for (auto made = place.made.rbegin(); made != place.made.rend(); ++made) {
    unlinkat(made->directory.get(), made->name.c_str(), AT_REMOVEDIR);
  }
  return absl::OkStatus();
}

absl::Status PlacedFiles::Remove() {
  for (; !places_.empty(); places_.pop_back()) {
    ABSL_RETURN_IF_ERROR(Remove(places_.back()));
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
