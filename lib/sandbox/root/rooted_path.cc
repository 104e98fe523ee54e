#include "lib/sandbox/root/rooted_path.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {
namespace {

constexpr int kMaxLinks = 255;

// The parts of a path, the first one last.
std::vector<std::string> ReversedParts(absl::string_view path) {
  std::vector<std::string> parts = absl::StrSplit(path, '/', absl::SkipEmpty());
  return {parts.rbegin(), parts.rend()};
}

}  // namespace

absl::StatusOr<std::string> ResolveInRoot(int root_fd, absl::string_view path) {
  std::vector<std::string> left = ReversedParts(path);
  std::vector<std::string> done;
  int links = 0;
  while (!left.empty()) {
    const std::string part = left.back();
    left.pop_back();
    if (part == ".") continue;
    if (part == "..") {
      if (!done.empty()) done.pop_back();
      continue;
    }
    done.push_back(part);
    char target[PATH_MAX];
    const ssize_t size = readlinkat(root_fd, absl::StrJoin(done, "/").c_str(),
                                    target, sizeof target);
    if (size < 0) continue;
    if (++links > kMaxLinks) {
      return absl::InvalidArgumentError(
          absl::StrCat("too many levels of symbolic links: \"", path, "\""));
    }
    done.pop_back();
    const absl::string_view link(target, size);
    if (!link.empty() && link[0] == '/') done.clear();
    for (std::string& link_part : ReversedParts(link)) {
      left.push_back(std::move(link_part));
    }
  }
  return absl::StrJoin(done, "/");
}

absl::StatusOr<std::vector<std::string>> MakeInRoot(int root_fd,
                                                    const std::string& path,
                                                    bool directory) {
  std::vector<std::string> made;
  const std::vector<std::string> parts =
      absl::StrSplit(path, '/', absl::SkipEmpty());
  std::string at;
  for (size_t i = 0; i < parts.size(); ++i) {
    absl::StrAppend(&at, i == 0 ? "" : "/", parts[i]);
    struct stat info;
    if (fstatat(root_fd, at.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) continue;
    if (i + 1 < parts.size() || directory) {
      if (mkdirat(root_fd, at.c_str(), 0755) < 0) {
        return absl::ErrnoToStatus(errno,
                                   absl::StrCat("cannot make \"/", at, "\""));
      }
    } else {
      const UniqueFd fd(openat(root_fd, at.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
      if (!fd.ok()) {
        return absl::ErrnoToStatus(errno,
                                   absl::StrCat("cannot make \"/", at, "\""));
      }
    }
    made.push_back(at);
  }
  return made;
}

}  // namespace rules_dockerfile
