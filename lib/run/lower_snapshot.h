#ifndef LIB_RUN_LOWER_SNAPSHOT_H_
#define LIB_RUN_LOWER_SNAPSHOT_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/run/lower_layers.h"
#include "lib/run/snapshot_cache.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The key in a cache of the rootfs of the layers: a digest of all that they
// hold, how the files' owners are kept, and the user.
std::string SnapshotKey(const LowerLayers& lower, OwnerStore owners);

// Takes the rootfs of the layers from the cache, or adds it there, and makes it
// the snapshot of `rootfs`, whose `fill` must write the same. Without a
// snapshot `rootfs` is unchanged. The answer must outlive the sandbox. The data
// is checked as by CheckLowerData() before it is added, as other actions will
// trust it.
absl::StatusOr<SnapshotAnswer> UseSnapshot(const SnapshotCache& cache,
                                           const LowerLayers& lower,
                                           OwnerStore owners,
                                           SandboxRootfs& rootfs);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_LOWER_SNAPSHOT_H_
