#ifndef LIB_SANDBOX_SUPERVISOR_OWNER_RECORDS_H_
#define LIB_SANDBOX_SUPERVISOR_OWNER_RECORDS_H_

#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/supervisor/target_file.h"

namespace rules_dockerfile {

// Owners of files that the kernel believes to be 0:0 (OwnerStore::kRecorded):
// in kOwnerXattr of regular files and directories, which moves with renames,
// hard links and the overlay's copy-up; of others here, by device and inode,
// kept alive by an open descriptor. Thread-safe.
class OwnerRecords {
 public:
  // What `file` is recorded to be; nullopt: 0:0.
  std::optional<RecordedOwner> Find(const TargetFile& file)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // As Find() for other files than regular files and directories.
  std::optional<RecordedOwner> FindSpecial(const struct stat& info)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Records an owner. Returns 0 or an errno.
  int Record(const TargetFile& file, const RecordedOwner& owner)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // The same for a regular file or directory that is open.
  int RecordOpen(int fd, const RecordedOwner& owner)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // The same for other files, open with O_PATH, without copying them up from
  // the lower layer.
  void RecordLower(UniqueFd file, const RecordedOwner& owner)
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using Inode = std::pair<dev_t, ino_t>;
  struct Special {
    RecordedOwner owner;
    UniqueFd pin;  // while it is open, the inode is not another file's
  };

  void Forget(const struct stat& info) ABSL_LOCKS_EXCLUDED(mutex_);

  absl::Mutex mutex_;
  std::map<Inode, Special> special_ ABSL_GUARDED_BY(mutex_);
  // Records that were read. The ctime of a directory changes with the names in
  // it: so its record is known as long as a descriptor keeps the inode. That of
  // a file is known as long as the file has its ctime: whatever changes the
  // record has another, and so has another file with the inode.
  struct KnownDirectory {
    RecordedOwner owner;
    TargetFile pin;
  };
  struct KnownFile {
    RecordedOwner owner;
    timespec changed;
  };
  std::optional<RecordedOwner> FindKnown(const struct stat& info) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Remember(const TargetFile& file, const RecordedOwner& owner)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  uint64_t changes_ ABSL_GUARDED_BY(mutex_) = 0;  // records written
  std::map<Inode, KnownDirectory> directories_ ABSL_GUARDED_BY(mutex_);
  std::map<Inode, KnownFile> files_ ABSL_GUARDED_BY(mutex_);
  // Files known to have no record: most files of a rootfs, asked for often.
  std::set<Inode> unrecorded_ ABSL_GUARDED_BY(mutex_);
};

// Whether the record of such a file is an extended attribute.
inline bool KeepsOwnerXattr(mode_t mode) {
  return S_ISREG(mode) || S_ISDIR(mode);
}

// The record of an open regular file or directory.
std::optional<RecordedOwner> ReadOwnerXattr(int fd);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_OWNER_RECORDS_H_
