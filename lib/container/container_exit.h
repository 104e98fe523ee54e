#ifndef LIB_CONTAINER_CONTAINER_EXIT_H_
#define LIB_CONTAINER_CONTAINER_EXIT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "lib/oci/image_config.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// How docker reports the end of a container.
struct ContainerExit {
  // The command's; 128 + the number of the signal that ended it; 127 if it is
  // not there, 126 if it cannot be executed.
  int exit_code = 0;
  std::string start_error;  // why it did not start; else ""

  friend bool operator==(const ContainerExit&, const ContainerExit&) = default;
};

// `machine` is the architecture's name as in uname(2); it distinguishes
// programs of a foreign architecture from files that are not programs.
ContainerExit ContainerExitOf(const SandboxResult& result,
                              const ImageConfig& image,
                              absl::string_view machine);

// Which limit ended the container: `the container ran out of memory: the limit
// is 512 MiB`; "" if none did.
std::string LimitNote(const SandboxLimits& limits, ExceededLimit exceeded);

}  // namespace rules_dockerfile

#endif  // LIB_CONTAINER_CONTAINER_EXIT_H_
