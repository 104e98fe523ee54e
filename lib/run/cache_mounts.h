#ifndef LIB_RUN_CACHE_MOUNTS_H_
#define LIB_RUN_CACHE_MOUNTS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Where the cache mounts of a host are kept from run to run.
struct CacheMountStore {
  std::string directory;  // absolute; its parent must exist
  OwnerStore owners = OwnerStore::kReal;
};

// Returns the mount of a cache directory (`mount.id`, else `target`) on
// `target`. The directory is created and filled by `seed` if it is missing. It
// is `root` in an entry of the store, a directory that only the effective user
// may search, so that no other user of the host reaches what a RUN leaves
// there. Mounts with another `from`, source, mode, uid or gid have another
// directory, as in BuildKit. With sharing `locked` it waits until nobody else
// uses the directory; with `private` it takes a directory of the same id that
// nobody uses. The lock lasts as long as the mount, or a process that was
// forked with it. If this process is killed while it fills a new directory,
// none is left. FailedPrecondition `cannot write to the cache mounts' directory
// "/x": Read-only file system`, and what to do; FailedPrecondition `the cache
// mount's directory "/x/y": expected mode 0700, got 0755` and a hint if the
// entry is not as described, or a symlink.
absl::StatusOr<BindMount> OpenCacheMount(const CacheMountStore& store,
                                         const Mount& mount,
                                         const std::string& target,
                                         const FillDirectory& seed);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_CACHE_MOUNTS_H_
