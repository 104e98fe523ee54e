// Imports a base image: docs/design/0001_artifacts.md.
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/printable.h"
#include "lib/base/tool.h"
#include "lib/platform/platform.h"
#include "lib/worker/action_tool.h"
#include "tools/base_import/import.h"

ABSL_FLAG(std::string, layout, "", "OCI layout directory to import");
ABSL_FLAG(std::string, archive, "",
          "archive to import: of `docker save`, or of an OCI layout");
ABSL_FLAG(std::string, rootfs, "", "tar of a root file system to import");
ABSL_FLAG(std::string, config, "", "with --rootfs, the config of the image");
ABSL_FLAG(std::string, platform, "",
          "platform of the image in an index: os/arch[/variant]");
ABSL_FLAG(std::string, wanted_by, "",
          "name of the target that requires the platform, for messages; an "
          "image for another system or architecture is then an error");
ABSL_FLAG(
    std::string, layers_out, "",
    "directory for uncompressed layers; without it no directory is written");
ABSL_FLAG(std::string, indexes_out, "", "directory for layer indexes");
ABSL_FLAG(std::string, blobs_out, "", "directory for layer blobs");
ABSL_FLAG(std::string, descriptors_out, "", "directory for descriptors");
ABSL_FLAG(std::string, config_out, "", "image config to write");

namespace rules_dockerfile {
namespace {

absl::StatusOr<ImportOptions> OptionsFromFlags() {
  ImportOptions options = {.layout = absl::GetFlag(FLAGS_layout),
                           .archive = absl::GetFlag(FLAGS_archive),
                           .rootfs = absl::GetFlag(FLAGS_rootfs),
                           .config = absl::GetFlag(FLAGS_config),
                           .wanted_by = absl::GetFlag(FLAGS_wanted_by)};
  const int sources = !options.layout.empty() + !options.archive.empty() +
                      !options.rootfs.empty();
  if (sources != 1) {
    return absl::InvalidArgumentError(
        "expected one of --layout, --archive and --rootfs");
  }
  if (!options.config.empty() && options.rootfs.empty()) {
    return absl::InvalidArgumentError("--config requires --rootfs");
  }
  ABSL_ASSIGN_OR_RETURN(const std::string platform,
                        RequiredFlag(FLAGS_platform));
  ABSL_ASSIGN_OR_RETURN(options.platform, ParsePlatform(platform));
  ABSL_ASSIGN_OR_RETURN(options.config_out, RequiredFlag(FLAGS_config_out));
  options.layers_out = absl::GetFlag(FLAGS_layers_out);
  if (options.layers_out.empty() && options.rootfs.empty()) return options;
  ABSL_RETURN_IF_ERROR(RequiredFlag(FLAGS_layers_out).status());
  ABSL_ASSIGN_OR_RETURN(options.indexes_out, RequiredFlag(FLAGS_indexes_out));
  ABSL_ASSIGN_OR_RETURN(options.blobs_out, RequiredFlag(FLAGS_blobs_out));
  ABSL_ASSIGN_OR_RETURN(options.descriptors_out,
                        RequiredFlag(FLAGS_descriptors_out));
  return options;
}

absl::Status Import() {
  ABSL_ASSIGN_OR_RETURN(const ImportOptions options, OptionsFromFlags());
  ABSL_ASSIGN_OR_RETURN(const Platform platform, ImportBase(options));
  if (PlatformText(platform) != PlatformText(options.platform)) {
    PrintMessage(absl::StrCat("base_import: warning: \"", options.layout,
                              options.archive, options.rootfs,
                              "\": the image is for ", PlatformText(platform),
                              ", not ", PlatformText(options.platform), "\n"));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "base_import",
      "Imports a base image from an OCI layout, an archive or a rootfs.", argc,
      argv, rules_dockerfile::Import);
}
