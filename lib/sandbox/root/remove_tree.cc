#include "lib/sandbox/root/remove_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/process/directory_names.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {
namespace {

// Removes what is in the directories of one directory, `top`. What is below
// these is moved up, into `top`, and becomes one of them: so no path gets long,
// and none of them is open while another one is.
class TreeRemover {
 public:
  explicit TreeRemover(int top) : top_(top) {}

  bool Remove() {
    while (true) {
      const std::optional<std::vector<std::string>> names =
          DirectoryNamesAt(top_);
      if (!names.has_value()) return false;
      if (names->empty()) return true;
      progress_ = false;
      for (const std::string& name : *names) RemoveFromTop(name.c_str());
      if (!progress_) return false;
    }
  }

 private:
  // Whether a file or an empty directory is gone.
  bool RemoveOne(int directory_fd, const char* name) {
    const bool removed = unlinkat(directory_fd, name, 0) == 0 ||
                         unlinkat(directory_fd, name, AT_REMOVEDIR) == 0;
    progress_ = progress_ || removed;
    return removed;
  }

  // If this fails, so does what requires it.
  static void MakeWritable(int directory_fd, const char* name) {
    [[maybe_unused]] const int ignored =
        fchmodat(directory_fd, name, 0700, AT_SYMLINK_NOFOLLOW);
  }

  void RemoveFromTop(const char* name) {
    if (RemoveOne(top_, name)) return;
    MakeWritable(top_, name);
    const UniqueFd inner(
        openat(top_, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!inner.ok()) return;
    const std::optional<std::vector<std::string>> names =
        DirectoryNamesAt(inner.get());
    if (!names.has_value()) return;
    for (const std::string& below : *names) {
      if (!RemoveOne(inner.get(), below.c_str())) {
        MoveUp(inner.get(), below.c_str());
      }
    }
    RemoveOne(top_, name);
  }

  void MoveUp(int directory_fd, const char* name) {
    // Only who may write to a directory can move it.
    MakeWritable(directory_fd, name);
    int moved = -1;
    do {
      const std::string to = absl::StrCat(".removed.", next_++);
      moved = renameat(directory_fd, name, top_, to.c_str());
    } while (moved != 0 &&
             (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR));
    if (moved == 0) progress_ = true;
  }

  int top_;
  int64_t next_ = 0;
  bool progress_ = false;
};

}  // namespace

bool RemoveTree(int directory_fd) { return TreeRemover(directory_fd).Remove(); }

}  // namespace rules_dockerfile
