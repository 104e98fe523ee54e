// Pulls an image from a registry into an OCI layout.
#include <cstdio>
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/tool.h"
#include "lib/http/transport.h"
#include "lib/platform/platform.h"
#include "lib/reference/reference.h"
#include "lib/registry/mirrored_registry.h"
#include "lib/registry/pull.h"
#include "lib/worker/action_tool.h"
#include "tools/flags/mirror_flags.h"
#include "tools/flags/registry_flags.h"

ABSL_FLAG(std::string, reference, "",
          "image to pull: [registry/]repository[:tag][@digest]");
ABSL_FLAG(std::string, platform, "",
          "platform of the image in an index: os/arch[/variant]; default: all");
ABSL_FLAG(std::string, layout_out, "", "directory to write an OCI layout to");

namespace rules_dockerfile {
namespace {

absl::Status Pull() {
  ABSL_ASSIGN_OR_RETURN(const std::string name, RequiredFlag(FLAGS_reference));
  ABSL_ASSIGN_OR_RETURN(ImageReference reference, ParseImageReference(name));
  reference = WithDefaultTag(reference);
  PullOptions options = {
      .reference = reference.digest.empty() ? reference.tag : reference.digest};
  ABSL_ASSIGN_OR_RETURN(options.layout, RequiredFlag(FLAGS_layout_out));
  if (const std::string platform = absl::GetFlag(FLAGS_platform);
      !platform.empty()) {
    ABSL_ASSIGN_OR_RETURN(options.platform, ParsePlatform(platform));
  }

  const std::unique_ptr<HttpTransport> transport = TransportFromFlags();
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<MirroredRegistry> registry,
                        RegistryFromFlags(reference.registry, *transport));
  MirroredRepository source(*registry, reference.repository);
  ABSL_ASSIGN_OR_RETURN(const PullResult result, PullImage(options, source));
  reference.digest = result.digest;
  std::printf("%s\n", FamiliarText(reference).c_str());
  return absl::OkStatus();
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "image_pull",
      "Pulls an image from a registry into an OCI layout, and prints its name "
      "with its digest.",
      argc, argv, rules_dockerfile::Pull);
}
