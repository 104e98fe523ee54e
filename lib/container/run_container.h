#ifndef LIB_CONTAINER_RUN_CONTAINER_H_
#define LIB_CONTAINER_RUN_CONTAINER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/container/container.h"
#include "lib/container/run_arguments.h"

namespace rules_dockerfile {

struct ContainerOutcome {
  // The command's; 128 + the number of the signal that ended it; 126 if it
  // cannot be executed and 127 if it does not exist.
  int exit_code = 0;
  // For the user, in order: where changes are saved, why the command did not
  // start or was ended.
  std::vector<std::string> notes;
};

// `docker run` with standard input, output and error of this process. Only what
// the arguments ask to keep is left of the container. An error (exit code 125
// of docker) is about the container, not the command. Must not be called with
// other threads running.
absl::StatusOr<ContainerOutcome> RunContainer(const ImageFiles& files,
                                              const RunArguments& arguments,
                                              const ContainerPlace& place);

}  // namespace rules_dockerfile

#endif  // LIB_CONTAINER_RUN_CONTAINER_H_
