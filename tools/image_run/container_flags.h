#ifndef TOOLS_IMAGE_RUN_CONTAINER_FLAGS_H_
#define TOOLS_IMAGE_RUN_CONTAINER_FLAGS_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/container/container.h"

namespace rules_dockerfile {

// Returns the values of the flags of a tool that creates containers.
struct ContainerFlags {
  ImageFiles image;
  ContainerPlace place;
};

// Reads the flags. `temporary` names the variable with the directory for
// temporary files, /var/tmp if it is not set.
absl::StatusOr<ContainerFlags> ReadContainerFlags(const std::string& temporary);

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_RUN_CONTAINER_FLAGS_H_
