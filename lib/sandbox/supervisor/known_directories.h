#ifndef LIB_SANDBOX_SUPERVISOR_KNOWN_DIRECTORIES_H_
#define LIB_SANDBOX_SUPERVISOR_KNOWN_DIRECTORIES_H_

#include <sys/types.h>
#include <time.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/supervisor/target_file.h"

namespace rules_dockerfile {

// Directories, and symlinks to them, that walks along paths came through, so
// that the next walk need not open them again. What a name leads to is known as
// long as the directory around it has the ctime that it had then: every change
// of a name changes that. The mode of a file is read again each time.
// Thread-safe.
class KnownDirectories {
 public:
  // What `name`, neither "." nor "..", leads to in `directory`; nullopt if that
  // is not known. The info() of `directory` must be of this walk.
  std::optional<TargetFile> Find(const TargetFile& directory,
                                 const std::string& name)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Remembers that `name` led to `file`, which was looked up after the info()
  // of `directory` was read.
  void Remember(const TargetFile& directory, const std::string& name,
                const TargetFile& file) ABSL_LOCKS_EXCLUDED(mutex_);

  // TargetFile::DependsOnWhoLooks(), which all files of a device have in
  // common.
  bool DependsOnWhoLooks(const TargetFile& file) ABSL_LOCKS_EXCLUDED(mutex_);

  // The root directory that all threads of the supervisor begin with.
  std::optional<TargetFile> Root(int proc_fd) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using Name = std::tuple<dev_t, ino_t, std::string>;
  struct Known {
    timespec changed;  // the directory around it
    TargetFile file;
  };

  absl::Mutex mutex_;
  std::map<Name, Known> known_ ABSL_GUARDED_BY(mutex_);
  // Devices of which DependsOnWhoLooks() is false. No mount of a sandbox ends
  // before its commands do.
  std::set<dev_t> plain_devices_ ABSL_GUARDED_BY(mutex_);
  std::optional<TargetFile> root_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_KNOWN_DIRECTORIES_H_
