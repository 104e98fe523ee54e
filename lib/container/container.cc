#include "lib/container/container.h"

#include <time.h>
#include <unistd.h>

#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/file.h"
#include "lib/container/container_plan.h"
#include "lib/container/kept_layers.h"
#include "lib/container/run_arguments.h"
#include "lib/oci/image_config.h"
#include "lib/platform/platform.h"
#include "lib/run/emulator.h"
#include "lib/run/lower_layers.h"
#include "lib/run/run_sandbox.h"
#include "lib/run/scratch.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

absl::StatusOr<ImageConfig> ReadImageConfig(const ImageFiles& files) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(files.config));
  return ParseImageConfig(text);
}

absl::StatusOr<SandboxResult> MakeContainer(
    const ImageFiles& files, const ImageConfig& image,
    const RunArguments& arguments, const ContainerPlace& place,
    KeptLayers* kept,
    const std::function<absl::StatusOr<SandboxResult>(const SandboxSpec&)>&
        run) {
  std::vector<std::string> layers = files.layers;
  std::vector<std::string> indexes = files.indexes;
  if (kept != nullptr) {
    absl::c_copy(kept->Tars(), std::back_inserter(layers));
    absl::c_copy(kept->Indexes(), std::back_inserter(indexes));
  }
  ABSL_ASSIGN_OR_RETURN(const LowerLayers lower,
                        ReadLowerLayers(layers, indexes, files.layers.size()));
  ABSL_ASSIGN_OR_RETURN(
      SandboxSpec spec,
      PlanContainer(image, lower.tree, arguments, place.caller));
  spec.view.emulator = ChooseEmulator(PlatformText(image.platform),
                                      ThisMachine(), place.emulators);
  ABSL_ASSIGN_OR_RETURN(
      const SandboxChoice choice,
      ChooseRunSandbox(place.mode, lower.tree,
                       {.emulator = spec.view.emulator.has_value()}));
  spec.mode = choice.mode;
  ABSL_ASSIGN_OR_RETURN(
      const ScratchDirectory scratch,
      ScratchDirectory::Create(absl::StrCat(place.temporary, "/container.",
                                            getpid(), ".", time(nullptr)),
                               lower.tree, place.scratch));
  spec.rootfs.scratch_directory = scratch.path();
  spec.rootfs.fill = [&lower](const DirectoryToFill& directory) {
    return FillWithLayers(lower, directory);
  };
  if (kept == nullptr || !arguments.keep) return run(spec);
  return kept->RunAndAdd(spec, lower, run);
}

}  // namespace rules_dockerfile
