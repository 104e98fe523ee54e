#include "lib/rootfs/rooted_path.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {
namespace {

constexpr int kMaxLinks = 255;
// How often others may take away what was just made.
constexpr int kMaxAttempts = 100;
constexpr int kHandle = O_PATH | O_NOFOLLOW | O_CLOEXEC;

// The parts of a path, the first one last.
std::vector<std::string> ReversedParts(absl::string_view path) {
  std::vector<std::string> parts = absl::StrSplit(path, '/', absl::SkipEmpty());
  return {parts.rbegin(), parts.rend()};
}

absl::Status PlaceError(absl::string_view action, absl::string_view path) {
  return absl::ErrnoToStatus(
      errno, absl::StrCat("cannot ", action, " \"/", path, "\""));
}

// Whether it is a magic link of procfs, which does not lead to its text:
// proc_pid_fd(5) and its like. "self" and "mounts" are ordinary ones.
bool IsMagic(const UniqueFd& link, absl::string_view text) {
  struct statfs info;
  if (fstatfs(link.get(), &info) < 0 || info.f_type != PROC_SUPER_MAGIC) {
    return false;
  }
  return absl::StartsWith(text, "/") || absl::StrContains(text, ':');
}

struct Part {
  std::string name;
  UniqueFd file;  // none if it is missing
};

// The parts of a resolved path.
class Walk {
 public:
  explicit Walk(int root_fd) : root_fd_(root_fd) {}

  absl::Status Follow(absl::string_view path);

  // Creates the missing ones of the first `count` parts, all of them
  // directories except for the last if it is to be a file. Returns how many
  // there are then: if less, errno says why the next could not be made.
  size_t Make(size_t count, bool file, std::vector<RootedPlace>& made);

  size_t size() const { return parts_.size(); }
  // The path of the first `count` parts.
  std::string Path(size_t count) const;
  RootedPlace Place(size_t count) const;

 private:
  std::string PathTo(absl::string_view next) const {
    return absl::StrCat(Path(size()), parts_.empty() ? "" : "/", next);
  }
  int Directory(size_t index) const {
    return index == 0 ? root_fd_ : parts_[index - 1].file.get();
  }
  // Puts what the link says before what is left.
  absl::Status FollowLink(const UniqueFd& link, absl::string_view name,
                          std::vector<std::string>& left);
  // Makes part `index`; none, and errno, if it could not.
  UniqueFd MakePart(size_t index, bool file);

  const int root_fd_;
  std::vector<Part> parts_;
};

std::string Walk::Path(size_t count) const {
  std::string path;
  for (size_t i = 0; i < count; ++i) {
    absl::StrAppend(&path, i == 0 ? "" : "/", parts_[i].name);
  }
  return path;
}

UniqueFd Duplicate(int fd) {
  return UniqueFd(fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

RootedPlace Walk::Place(size_t count) const {
  if (count == 0) return {.file = Duplicate(root_fd_)};
  const Part& last = parts_[count - 1];
  return {.path = Path(count),
          .name = last.name,
          .directory = Duplicate(Directory(count - 1)),
          .file = Duplicate(last.file.get())};
}

absl::Status Walk::FollowLink(const UniqueFd& link, absl::string_view name,
                              std::vector<std::string>& left) {
  char target[PATH_MAX];
  const ssize_t size = readlinkat(link.get(), "", target, sizeof target);
  if (size < 0) return PlaceError("read", PathTo(name));
  const absl::string_view text(target, size);
  if (IsMagic(link, text)) {
    errno = ELOOP;
    return PlaceError("follow", PathTo(name));
  }
  if (!text.empty() && text[0] == '/') parts_.clear();
  for (std::string& part : ReversedParts(text)) left.push_back(std::move(part));
  return absl::OkStatus();
}

absl::Status Walk::Follow(absl::string_view path) {
  parts_.clear();
  std::vector<std::string> left = ReversedParts(path);
  int links = 0;
  while (!left.empty()) {
    std::string part = std::move(left.back());
    left.pop_back();
    if (part == ".") continue;
    if (part == "..") {
      if (!parts_.empty()) parts_.pop_back();
      continue;
    }
    UniqueFd file;
    if (const int directory = Directory(parts_.size()); directory >= 0) {
      file = UniqueFd(openat(directory, part.c_str(), kHandle));
      if (!file.ok() && errno != ENOENT && errno != ENOTDIR) {
        return PlaceError("open", PathTo(part));
      }
    }
    struct stat info;
    if (file.ok() && fstat(file.get(), &info) == 0 && S_ISLNK(info.st_mode)) {
      if (++links > kMaxLinks) {
        return absl::InvalidArgumentError(
            absl::StrCat("too many levels of symbolic links: \"", path, "\""));
      }
      ABSL_RETURN_IF_ERROR(FollowLink(file, part, left));
      continue;
    }
    parts_.push_back({std::move(part), std::move(file)});
  }
  return absl::OkStatus();
}

UniqueFd Walk::MakePart(size_t index, bool file) {
  const int directory = Directory(index);
  const char* name = parts_[index].name.c_str();
  if (file) {
    return UniqueFd(
        openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  }
  if (mkdirat(directory, name, 0755) < 0) return UniqueFd();
  return UniqueFd(openat(directory, name, kHandle | O_DIRECTORY));
}

size_t Walk::Make(size_t count, bool file, std::vector<RootedPlace>& made) {
  for (size_t i = 0; i < count; ++i) {
    if (parts_[i].file.ok()) continue;
    parts_[i].file = MakePart(i, file && i + 1 == count);
    if (!parts_[i].file.ok()) return i;
    made.push_back(Place(i + 1));
  }
  return count;
}

// Whether another process may have been in the way.
bool MayBeRaced(int error) {
  return error == EEXIST || error == ENOENT || error == ENOTDIR;
}

// Creates all parts of the path except for the last `without`.
absl::StatusOr<MadePlace> Make(int root_fd, absl::string_view path, bool file,
                               size_t without) {
  MadePlace result;
  for (int attempt = 1;; ++attempt) {
    Walk walk(root_fd);
    ABSL_RETURN_IF_ERROR(walk.Follow(path));
    const size_t size = walk.size();
    const size_t count = size < without ? 0 : size - without;
    const size_t there = walk.Make(count, file, result.made);
    if (there == count) {
      result.place = walk.Place(size);
      return result;
    }
    if (!MayBeRaced(errno) || attempt == kMaxAttempts) {
      return PlaceError("create", walk.Path(there + 1));
    }
  }
}

// openat2(2). It may give up when something is renamed or mounted meanwhile.
UniqueFd OpenResolved(int root_fd, const std::string& path, int flags,
                      uint64_t resolve) {
  open_how how = {};
  how.flags = static_cast<uint64_t>(flags) | O_CLOEXEC;
  how.resolve = resolve;
  const char* name = path.empty() ? "." : path.c_str();
  long fd = -1;
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    fd = syscall(SYS_openat2, root_fd, name, &how, sizeof how);
    if (fd >= 0 || errno != EAGAIN) break;
  }
  return UniqueFd(static_cast<int>(fd));
}

// In a container whose seccomp filter is older than openat2(2).
bool LacksOpenat2(int error) { return error == ENOSYS || error == EPERM; }

// OpenInRoot() there, of what was found.
UniqueFd Reopen(const RootedPlace& place, int flags) {
  const int directory =
      place.directory.ok() ? place.directory.get() : place.file.get();
  const char* name = place.directory.ok() ? place.name.c_str() : ".";
  return UniqueFd(openat(directory, name, flags | O_NOFOLLOW | O_CLOEXEC));
}

// OpenBelow() there.
UniqueFd WalkBelow(int root_fd, absl::string_view path, int flags) {
  std::vector<std::string> left = ReversedParts(path);
  if (left.empty()) return UniqueFd(openat(root_fd, ".", flags));
  UniqueFd at;
  while (left.size() > 1) {
    at = UniqueFd(openat(at.ok() ? at.get() : root_fd, left.back().c_str(),
                         kHandle | O_DIRECTORY));
    if (!at.ok()) return at;
    left.pop_back();
  }
  return UniqueFd(
      openat(at.ok() ? at.get() : root_fd, left.back().c_str(), flags));
}

}  // namespace

absl::StatusOr<RootedPlace> FindInRoot(int root_fd, absl::string_view path) {
  Walk walk(root_fd);
  ABSL_RETURN_IF_ERROR(walk.Follow(path));
  return walk.Place(walk.size());
}

absl::StatusOr<MadePlace> MakeInRoot(int root_fd, absl::string_view path,
                                     RootedKind kind) {
  return Make(root_fd, path, kind == RootedKind::kFile, 0);
}

absl::StatusOr<MadePlace> MakeParentInRoot(int root_fd,
                                           absl::string_view path) {
  return Make(root_fd, path, /*file=*/false, 1);
}

UniqueFd OpenInRoot(int root_fd, const std::string& path, int flags) {
  constexpr uint64_t kResolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  UniqueFd fd = OpenResolved(root_fd, path, flags, kResolve);
  if (fd.ok() || !LacksOpenat2(errno)) return fd;
  const absl::StatusOr<RootedPlace> place = FindInRoot(root_fd, path);
  if (!place.ok() || !place->file.ok()) {
    errno = place.ok() ? ENOENT : ELOOP;
    return fd;
  }
  return Reopen(*place, flags);
}

UniqueFd OpenBelow(int root_fd, const std::string& path, int flags) {
  flags |= O_NOFOLLOW;
  constexpr uint64_t kResolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  UniqueFd fd = OpenResolved(root_fd, path, flags, kResolve);
  if (fd.ok() || !LacksOpenat2(errno)) return fd;
  return WalkBelow(root_fd, path, flags | O_CLOEXEC);
}

}  // namespace rules_dockerfile
