#ifndef LIB_CONTAINER_RUN_CONTAINER_H_
#define LIB_CONTAINER_RUN_CONTAINER_H_

#include "absl/status/statusor.h"
#include "lib/container/container.h"
#include "lib/container/run_arguments.h"

namespace rules_dockerfile {

// `docker run` with standard input, output and error of this process. Returns
// the exit code: the command's, 128 + the number of the signal that ended it,
// 126 if it cannot be executed and 127 if it is not there. Of the container
// nothing is left but what the arguments ask to keep. An error, which docker
// calls 125, is of the container and not of the command. Not to be called with
// other threads running.
absl::StatusOr<int> RunContainer(const ImageFiles& files,
                                 const RunArguments& arguments,
                                 const ContainerPlace& place);

}  // namespace rules_dockerfile

#endif  // LIB_CONTAINER_RUN_CONTAINER_H_
