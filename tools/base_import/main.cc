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
#include "tools/base_import/blobs.h"
#include "tools/base_import/import.h"
#include "tools/base_import/source.h"
#include "tools/shared/compression_threads.h"

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
ABSL_FLAG(std::string, config_out, "", "image config to write");
ABSL_FLAG(std::string, blobs_out, "",
          "directory for layer blobs; with it only blobs and descriptors are "
          "written, of an image whose config and layers were");
ABSL_FLAG(std::string, descriptors_out, "", "directory for descriptors");
ABSL_FLAG(std::string, imported_config, "",
          "with --blobs_out, the image config that was written");
RULES_DOCKERFILE_REPEATED_FLAG(layer,
                               "with --blobs_out, an uncompressed layer that "
                               "was written, base first; none for a layout");

namespace rules_dockerfile {
namespace {

absl::StatusOr<ImportSource> SourceFromFlags() {
  ImportSource source = {.layout = absl::GetFlag(FLAGS_layout),
                         .archive = absl::GetFlag(FLAGS_archive),
                         .rootfs = absl::GetFlag(FLAGS_rootfs)};
  const int sources =
      !source.layout.empty() + !source.archive.empty() + !source.rootfs.empty();
  if (sources == 1) return source;
  return absl::InvalidArgumentError(
      "expected one of --layout, --archive and --rootfs");
}

absl::StatusOr<Platform> PlatformFromFlags() {
  ABSL_ASSIGN_OR_RETURN(const std::string platform,
                        RequiredFlag(FLAGS_platform));
  return ParsePlatform(platform);
}

absl::StatusOr<ImportOptions> OptionsFromFlags() {
  ImportOptions options = {.config = absl::GetFlag(FLAGS_config),
                           .wanted_by = absl::GetFlag(FLAGS_wanted_by)};
  ABSL_ASSIGN_OR_RETURN(options.source, SourceFromFlags());
  if (!options.config.empty() && options.source.rootfs.empty()) {
    return absl::InvalidArgumentError("--config requires --rootfs");
  }
  ABSL_ASSIGN_OR_RETURN(options.platform, PlatformFromFlags());
  ABSL_ASSIGN_OR_RETURN(options.config_out, RequiredFlag(FLAGS_config_out));
  options.layers_out = absl::GetFlag(FLAGS_layers_out);
  if (options.layers_out.empty() && options.source.rootfs.empty()) {
    return options;
  }
  ABSL_RETURN_IF_ERROR(RequiredFlag(FLAGS_layers_out).status());
  ABSL_ASSIGN_OR_RETURN(options.indexes_out, RequiredFlag(FLAGS_indexes_out));
  return options;
}

absl::Status WriteBlobs() {
  BlobsOptions options = {.layers = FLAGS_layer_values(),
                          .blobs_out = absl::GetFlag(FLAGS_blobs_out),
                          .threads = CompressionThreads()};
  ABSL_ASSIGN_OR_RETURN(options.source, SourceFromFlags());
  ABSL_ASSIGN_OR_RETURN(options.platform, PlatformFromFlags());
  ABSL_ASSIGN_OR_RETURN(options.config, RequiredFlag(FLAGS_imported_config));
  ABSL_ASSIGN_OR_RETURN(options.descriptors_out,
                        RequiredFlag(FLAGS_descriptors_out));
  return WriteBaseBlobs(options);
}

absl::Status Import() {
  if (!absl::GetFlag(FLAGS_blobs_out).empty()) return WriteBlobs();
  ABSL_ASSIGN_OR_RETURN(const ImportOptions options, OptionsFromFlags());
  ABSL_ASSIGN_OR_RETURN(const Platform platform, ImportBase(options));
  if (PlatformText(platform) != PlatformText(options.platform)) {
    const ImportSource& source = options.source;
    PrintMessage(absl::StrCat("base_import: warning: \"", source.layout,
                              source.archive, source.rootfs,
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
