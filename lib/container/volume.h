#ifndef LIB_CONTAINER_VOLUME_H_
#define LIB_CONTAINER_VOLUME_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Returns the mounts of `docker run --volume` options,
// HOST:CONTAINER[:OPTIONS], parents before what is below them. A HOST that
// begins with "." is relative to `working_directory`. Of the OPTIONS only "ro"
// has an effect; "rw", "z" and "Z" are accepted. CONTAINER alone is a directory
// of the container, not a mount. InvalidArgument for anything else, and for two
// volumes with the same target.
absl::StatusOr<std::vector<BindMount>> VolumeMounts(
    const std::vector<std::string>& volumes,
    const std::string& working_directory);

}  // namespace rules_dockerfile

#endif  // LIB_CONTAINER_VOLUME_H_
