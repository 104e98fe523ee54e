#ifndef LIB_RUN_LOWER_SNAPSHOT_H_
#define LIB_RUN_LOWER_SNAPSHOT_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/run/lower_layers.h"
#include "lib/run/snapshot_cache.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The name in a cache of the rootfs that the layers make: a digest of all that
// they hold, how the files' owners are kept, and the user.
std::string SnapshotKey(const LowerLayers& lower, OwnerStore owners);

// Has the sandbox stand on the rootfs that the layers make, from the cache or
// made there, if the cache has it; `spec.fill_root` is to make the same. The
// answer's snapshot must live as long as the sandbox. What goes into the cache
// is checked first, as CheckLowerData(): other actions will trust it.
absl::StatusOr<SnapshotAnswer> UseSnapshot(const SnapshotCache& cache,
                                           const LowerLayers& lower,
                                           SandboxSpec& spec);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_LOWER_SNAPSHOT_H_
