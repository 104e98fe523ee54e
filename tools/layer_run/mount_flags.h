#ifndef TOOLS_LAYER_RUN_MOUNT_FLAGS_H_
#define TOOLS_LAYER_RUN_MOUNT_FLAGS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "lib/layer/layer_times.h"
#include "lib/run/mount_source.h"
#include "lib/run/run_mounts.h"

namespace rules_dockerfile {

// Returns the values of the flags --context_*, --ignore and --mount_*;
// `temporary` stays empty. InvalidArgument if one is malformed.
absl::StatusOr<MountSources> ReadMountFlags(const LayerTimes& times);

// Returns the values of --secret* and --ssh.
absl::StatusOr<RunHostAccess> ReadHostAccessFlags();

}  // namespace rules_dockerfile

#endif  // TOOLS_LAYER_RUN_MOUNT_FLAGS_H_
