#include "tools/image_run/container_flags.h"

#include <filesystem>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/tool.h"
#include "lib/container/container.h"
#include "lib/container/container_plan.h"
#include "lib/run/run_options.h"

ABSL_FLAG(std::string, config, "", "image config");
RULES_DOCKERFILE_REPEATED_FLAG(layer, "layer tar, base first");
RULES_DOCKERFILE_REPEATED_FLAG(index, "layer index, of each layer");
ABSL_FLAG(std::string, mode, "auto", "how owners are kept, as for layer_run");
RULES_DOCKERFILE_REPEATED_FLAG(
    emulator,
    "static QEMU for a foreign architecture, named qemu-<machine>[-static]");

namespace rules_dockerfile {

absl::StatusOr<ContainerFlags> ReadContainerFlags(
    const std::string& temporary) {
  ContainerFlags flags;
  ABSL_ASSIGN_OR_RETURN(flags.image.config, RequiredFlag(FLAGS_config));
  flags.image.layers = FLAGS_layer_values();
  flags.image.indexes = FLAGS_index_values();
  flags.place.caller = ThisCaller();
  ABSL_ASSIGN_OR_RETURN(flags.place.mode,
                        ParseSandboxMode(absl::GetFlag(FLAGS_mode)));
  flags.place.temporary =
      flags.place.caller.variable(temporary).value_or("/var/tmp");
  for (const std::string& program : FLAGS_emulator_values()) {
    flags.place.emulators.push_back(
        std::filesystem::absolute(program).string());
  }
  return flags;
}

}  // namespace rules_dockerfile
