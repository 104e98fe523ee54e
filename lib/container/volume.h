#ifndef LIB_CONTAINER_VOLUME_H_
#define LIB_CONTAINER_VOLUME_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The mounts of `docker run --volume` options, HOST:CONTAINER[:OPTIONS], those
// of the shortest targets first. A HOST that begins with "." is below
// `working_directory`; of the OPTIONS "ro" counts, and "rw", "z" and "Z" say
// nothing. CONTAINER alone is a directory of the container itself, and no
// mount. InvalidArgument for what is not so, and for two volumes in one place.
absl::StatusOr<std::vector<SandboxMount>> VolumeMounts(
    const std::vector<std::string>& volumes,
    const std::string& working_directory);

}  // namespace rules_dockerfile

#endif  // LIB_CONTAINER_VOLUME_H_
