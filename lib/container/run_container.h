#ifndef LIB_CONTAINER_RUN_CONTAINER_H_
#define LIB_CONTAINER_RUN_CONTAINER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/container/container_plan.h"
#include "lib/container/run_arguments.h"
#include "lib/sandbox/sandbox_spec.h"

namespace rules_dockerfile {

// The files of an image.
struct ImageFiles {
  std::string config;
  std::vector<std::string> layers;   // uncompressed tars, base first
  std::vector<std::string> indexes;  // of each
};

struct RunContainerOptions {
  ImageFiles image;
  RunArguments arguments;
  ContainerCaller caller;
  SandboxMode mode = SandboxMode::kAuto;
  // Where root directories that do not fit into memory are put, and the layers
  // of --keep.
  std::string temporary;
};

// `docker run` with standard input, output and error of this process. Returns
// the exit code: the command's, 128 + the number of the signal that ended it,
// 126 if it cannot be executed and 127 if it is not there. Of the container
// nothing is left but what the arguments ask to keep. An error, which docker
// calls 125, is of the container and not of the command. Not to be called with
// other threads running.
absl::StatusOr<int> RunContainer(RunContainerOptions options);

}  // namespace rules_dockerfile

#endif  // LIB_CONTAINER_RUN_CONTAINER_H_
