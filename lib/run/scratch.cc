#include "lib/run/scratch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/base/temporary_files.h"
#include "lib/layer/file_tree.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/run/tree_memory.h"
#include "lib/sandbox/namespaces/owner_task.h"
#include "lib/sandbox/root/remove_tree.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kMargin = 3;

// Removes the directory with this user's rights, and then, if files of mapped
// ids remain, with their owners'. Sets errno if it fails.
bool RemoveDirectory(const std::string& path) {
  const UniqueFd fd(
      open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.ok()) return false;
  RemoveTree(fd.get());
  if (rmdir(path.c_str()) == 0) return true;
  if (errno != ENOTEMPTY && errno != EEXIST) return false;
  RunAsOwner(OwnerStore::kMapped, [&fd]() -> absl::StatusOr<std::string> {
    RemoveTree(fd.get());
    return "";
  }).IgnoreError();
  return rmdir(path.c_str()) == 0;
}

// Removes what a RUN that was killed left at `path`; a symlink is not followed.
absl::Status RemoveLeftover(const std::string& path) {
  struct stat info;
  const bool removed = lstat(path.c_str(), &info) == 0 &&
                       (S_ISDIR(info.st_mode) ? RemoveDirectory(path)
                                              : unlink(path.c_str()) == 0);
  if (removed || errno == ENOENT) return absl::OkStatus();
  const int error = errno;
  return absl::ErrnoToStatus(error,
                             absl::StrCat("cannot remove \"", path,
                                          "\", which an interrupted RUN left"));
}

// Creates the empty directory.
absl::Status MakeEmptyDirectory(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0) return absl::OkStatus();
  if (errno == EEXIST) {
    const absl::Status removed = RemoveLeftover(path);
    if (!removed.ok()) {
      return absl::Status(
          removed.code(),
          absl::StrCat(removed.message(), "\nhint: remove it as root"));
    }
    if (mkdir(path.c_str(), 0700) == 0) return absl::OkStatus();
  }
  return absl::ErrnoToStatus(errno,
                             absl::StrCat("cannot create \"", path, "\""));
}

}  // namespace

int64_t ParseAvailableMemory(absl::string_view meminfo) {
  for (const absl::string_view line : absl::StrSplit(meminfo, '\n')) {
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, ' ', absl::SkipEmpty());
    int64_t kibibytes = 0;
    if (words.size() == 3 && words[0] == "MemAvailable:" &&
        absl::SimpleAtoi(words[1], &kibibytes)) {
      return kibibytes * 1024;
    }
  }
  return 0;
}

bool KernelIsAtLeast(absl::string_view release, int major, int minor) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(release, absl::ByAnyChar(".-"));
  int has_major = 0;
  int has_minor = 0;
  if (parts.size() < 2 || !absl::SimpleAtoi(parts[0], &has_major) ||
      !absl::SimpleAtoi(parts[1], &has_minor)) {
    return false;
  }
  return has_major > major || (has_major == major && has_minor >= minor);
}

ScratchFacts ReadScratchFacts() {
  utsname name = {};
  uname(&name);
  return {.available_memory =
              ParseAvailableMemory(ReadFile("/proc/meminfo").value_or("")),
          .tmpfs_xattrs = KernelIsAtLeast(name.release, 6, 6)};
}

bool FitsInMemory(const FileTree& tree, const ScratchFacts& facts) {
  return facts.tmpfs_xattrs &&
         MemoryOf(tree) <= facts.available_memory / kMargin;
}

absl::StatusOr<ScratchDirectory> ScratchDirectory::Create(
    const std::string& path, const FileTree& tree, const ScratchFacts& facts) {
  if (FitsInMemory(tree, facts)) return ScratchDirectory("");
  ABSL_RETURN_IF_ERROR(MakeEmptyDirectory(path));
  // The sandbox changes its working directory.
  char absolute[PATH_MAX];
  if (realpath(path.c_str(), absolute) == nullptr) {
    return absl::ErrnoToStatus(errno,
                               absl::StrCat("cannot create \"", path, "\""));
  }
  RememberTemporaryFile(absolute);
  return ScratchDirectory(absolute);
}

ScratchDirectory::~ScratchDirectory() {
  // RunInSandbox() left it empty.
  if (!path_.empty()) RemoveTemporaryFile(path_);
}

}  // namespace rules_dockerfile
