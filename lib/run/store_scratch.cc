#include "lib/run/store_scratch.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/process/directory_names.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/namespaces/memory_directory.h"
#include "lib/sandbox/root/remove_tree.h"

namespace rules_dockerfile {
namespace {

absl::Status Failed(absl::string_view action) {
  return absl::ErrnoToStatus(
      errno,
      absl::StrCat("the layer store: cannot ", action, " a scratch directory"));
}

UniqueFd OpenDirectory(const std::string& name) {
  return UniqueFd(
      open(name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// Removes `name` unless its RUN lasts.
void RemoveUnused(const std::string& name) {
  const UniqueFd fd = OpenDirectory(name);
  if (!fd.ok() || flock(fd.get(), LOCK_EX | LOCK_NB) < 0) return;
  RemoveTree(fd.get());
  rmdir(name.c_str());
}

// Creates a new directory; its path. In a process that may write, which keeps
// `lock` until the directory itself is locked.
absl::StatusOr<std::string> Make(UniqueFd& lock) {
  lock = OpenDirectory(kStoreScratches);
  if (!lock.ok() || fchdir(lock.get()) < 0 || flock(lock.get(), LOCK_EX) < 0) {
    return Failed("lock");
  }
  const std::vector<std::string> names =
      DirectoryNamesAt(lock.get()).value_or(std::vector<std::string>());
  for (const std::string& name : names) RemoveUnused(name);
  for (int i = 0;; ++i) {
    const std::string path = absl::StrCat(kStoreScratches, "/", i);
    if (mkdir(path.c_str(), 0755) == 0) return path;
    if (errno != EEXIST) return Failed("create");
  }
}

}  // namespace

absl::StatusOr<StoreScratch> StoreScratch::Create(
    const MemoryDirectory& directory) {
  UniqueFd lock;
  ABSL_ASSIGN_OR_RETURN(MemoryDirectory::Writable opened,
                        directory.OpenWritable([&lock] { return Make(lock); }));
  return StoreScratch(&directory, std::move(opened));
}

StoreScratch::~StoreScratch() {
  if (directory_ == nullptr) return;
  directory_
      ->Run([this]() -> absl::StatusOr<std::string> {
        // The next RUN removes what cannot be removed now.
        if (const UniqueFd fd = OpenDirectory(opened_.path); fd.ok()) {
          RemoveTree(fd.get());
        }
        rmdir(opened_.path.c_str());
        return "";
      })
      .IgnoreError();
}

}  // namespace rules_dockerfile
