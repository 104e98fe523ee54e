#ifndef LIB_RUN_CACHE_MOUNTS_H_
#define LIB_RUN_CACHE_MOUNTS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Where the cache mounts of a machine are kept from run to run.
struct CacheMountStore {
  std::string directory;  // absolute; its parent must exist
  OwnerStore owners = OwnerStore::kReal;
};

// The directory of a cache mount (`mount.id`, else `target`) as a kBind mount
// without target, made and filled by `seed` if there is none yet. Mounts of
// other `from`, source, mode, uid or gid are others, as in BuildKit. With
// sharing `locked` it waits until no other has the directory; with `private` it
// takes one of the same id that no other has. No one else gets it so while the
// mount, or a process that was forked with it, lives. A machine that kills this
// process while it fills a new one leaves none. Unavailable `cannot write to
// the cache mounts' directory "/x": Read-only file system`, with what to do.
absl::StatusOr<SandboxMount> OpenCacheMount(const CacheMountStore& store,
                                            const Mount& mount,
                                            const std::string& target,
                                            const FillDirectory& seed);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_CACHE_MOUNTS_H_
