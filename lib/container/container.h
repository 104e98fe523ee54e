#ifndef LIB_CONTAINER_CONTAINER_H_
#define LIB_CONTAINER_CONTAINER_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/container/container_plan.h"
#include "lib/container/kept_layers.h"
#include "lib/container/run_arguments.h"
#include "lib/oci/image_config.h"
#include "lib/run/scratch.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The files of an image.
struct ImageFiles {
  std::string config;
  std::vector<std::string> layers;   // uncompressed tars, base first
  std::vector<std::string> indexes;  // of each
};

// Where containers are made.
struct ContainerPlace {
  ContainerCaller caller;
  std::optional<SandboxMode> mode;
  // A directory for root directories that do not fit into memory, and for
  // layers that are kept.
  std::string temporary;
  ScratchFacts scratch = ReadScratchFacts();
  // Absolute paths of emulators for foreign architectures: ChooseEmulator().
  std::vector<std::string> emulators;
};

absl::StatusOr<ImageConfig> ReadImageConfig(const ImageFiles& files);

// Plans a container of the image, with what `kept` (may be null) has above it,
// and has `run` run it; nothing is left of it but, with `arguments.keep`, one
// more layer in `kept`. Must not be called while other threads run.
absl::StatusOr<SandboxResult> MakeContainer(
    const ImageFiles& files, const ImageConfig& image,
    const RunArguments& arguments, const ContainerPlace& place,
    KeptLayers* kept,
    const std::function<absl::StatusOr<SandboxResult>(const SandboxSpec&)>&
        run);

}  // namespace rules_dockerfile

#endif  // LIB_CONTAINER_CONTAINER_H_
