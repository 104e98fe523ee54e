#include "lib/sandbox/supervisor/known_directories.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <optional>
#include <string>

#include "absl/synchronization/mutex.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/supervisor/file_times.h"
#include "lib/sandbox/supervisor/target_file.h"

namespace rules_dockerfile {
namespace {

// Each holds a descriptor.
constexpr size_t kMaxKnown = 512;

}  // namespace

std::optional<TargetFile> KnownDirectories::Find(const TargetFile& directory,
                                                 const std::string& name) {
  const struct stat& info = directory.info();
  std::optional<TargetFile> file;
  {
    absl::MutexLock lock(mutex_);
    const auto found = known_.find({info.st_dev, info.st_ino, name});
    if (found == known_.end()) return std::nullopt;
    if (!SameTime(found->second.changed, info.st_ctim)) {
      known_.erase(found);
      return std::nullopt;
    }
    file = found->second.file;
  }
  return file->LookAgain();
}

void KnownDirectories::Remember(const TargetFile& directory,
                                const std::string& name,
                                const TargetFile& file) {
  const struct stat& info = directory.info();
  if (!IsSettled(info.st_ctim)) return;
  absl::MutexLock lock(mutex_);
  if (known_.size() >= kMaxKnown) known_.clear();
  known_.insert_or_assign({info.st_dev, info.st_ino, name},
                          Known{info.st_ctim, file});
}

bool KnownDirectories::DependsOnWhoLooks(const TargetFile& file) {
  const dev_t device = file.info().st_dev;
  {
    absl::MutexLock lock(mutex_);
    if (plain_devices_.contains(device)) return false;
  }
  if (file.DependsOnWhoLooks()) return true;
  absl::MutexLock lock(mutex_);
  plain_devices_.insert(device);
  return false;
}

std::optional<TargetFile> KnownDirectories::Root(int proc_fd) {
  std::optional<TargetFile> root;
  {
    absl::MutexLock lock(mutex_);
    if (!root_.has_value()) {
      root_ = TargetFile::Take(
          UniqueFd(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)), proc_fd);
      return root_;
    }
    root = root_;
  }
  return root->LookAgain();
}

}  // namespace rules_dockerfile
