#ifndef LIB_RUN_SNAPSHOT_CACHE_H_
#define LIB_RUN_SNAPSHOT_CACHE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"

namespace rules_dockerfile {

// A rootfs in a cache. It is neither changed nor removed while this object, or
// a child process that was forked with it, lives. Movable.
class Snapshot {
 public:
  // Absolute path of the rootfs; to be read only.
  const std::string& directory() const { return directory_; }

 private:
  friend class SnapshotCache;
  Snapshot(std::string directory, UniqueFd lock)
      : directory_(std::move(directory)), lock_(std::move(lock)) {}

  std::string directory_;
  UniqueFd lock_;
};

// The result of a request to a cache.
struct SnapshotAnswer {
  std::optional<Snapshot> snapshot;
  // What was done: "found", "made", or why there is none.
  std::string note;
};

// A directory of rootfs that processes share:
//
//   <key>/root    the rootfs
//   <key>/seal    what it must look like
//
// Each appears by rename when it is complete. Its seal counts its files and
// their bytes and has the latest ctime, which nobody can set. So a rootfs that
// was changed later is not used, and created again. Nor is one of another boot
// of the host, whose data may not all have reached the disk; so nothing has to
// wait for the disk. Nor is one of another user.
//
// An entry is locked (flock(2)) while it is used or made; the least recently
// used of the others go when all are larger than `max_size`.
class SnapshotCache {
 public:
  // Fills the empty directory `fd` with a rootfs.
  using Fill = absl::FunctionRef<absl::Status(int fd)>;

  // `directory` is made by the first Get() if it is missing; its parent must
  // exist. Sizes are in bytes.
  SnapshotCache(std::string directory, int64_t max_size)
      : directory_(std::move(directory)), max_size_(max_size) {}

  // Returns the rootfs of `key`, a file name, created by `fill` if it is
  // missing; `owners` says how its files record their owners. There is none if
  // the cache cannot be written, or has no room for it. An error only if the
  // input of `fill` is at fault: InvalidArgument or DataLoss.
  absl::StatusOr<SnapshotAnswer> Get(const std::string& key, OwnerStore owners,
                                     Fill fill) const;

  // What Clean() did.
  struct Cleaned {
    int removed = 0;
    int in_use = 0;
    int64_t removed_size = 0;
    int64_t kept_size = 0;
  };

  // Removes what is broken, left behind by a killed process, or of another
  // boot; then the least recently used until the rest is at most `max_size`.
  // What is in use stays. NotFound if there is no such directory.
  absl::StatusOr<Cleaned> Clean() const;

 private:
  std::optional<Snapshot> Find(const std::string& key, OwnerStore owners) const;
  // Puts `made` in place of an entry that exists. nullopt if it did; "found" if
  // another process added a good one meanwhile, or why it cannot.
  std::optional<SnapshotAnswer> Replace(const std::string& key,
                                        OwnerStore owners,
                                        const std::string& made) const;
  absl::StatusOr<SnapshotAnswer> Make(const std::string& key, OwnerStore owners,
                                      Fill fill) const;

  const std::string directory_;
  const int64_t max_size_;
};

}  // namespace rules_dockerfile

#endif  // LIB_RUN_SNAPSHOT_CACHE_H_
