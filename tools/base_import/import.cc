#include "tools/base_import/import.h"

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/oci/image_config.h"
#include "lib/oci/image_source.h"
#include "lib/platform/platform.h"
#include "tools/base_import/rootfs_config.h"
#include "tools/base_import/source.h"
#include "tools/shared/output_set.h"
#include "tools/shared/unpack_layer.h"

namespace rules_dockerfile {
namespace {

// Writes the tar and the index of one layer, and returns its diff_id.
absl::StatusOr<std::string> ImportLayer(absl::string_view blob, size_t i,
                                        const ImportOptions& options,
                                        OutputSet& outputs) {
  ABSL_ASSIGN_OR_RETURN(
      UnpackedLayer unpacked,
      UnpackLayer(blob, NumberedFile(options.layers_out, i),
                  NumberedFile(options.indexes_out, i), outputs));
  return unpacked.diff_id;
}

absl::Status ImportLayers(const SourceImage& image,
                          const ImportOptions& options, OutputSet& outputs) {
  const size_t count = options.layers_out.empty() ? 0 : image.layers.size();
  for (size_t i = 0; i < count; ++i) {
    const SourceLayer& layer = image.layers[i];
    const absl::StatusOr<std::string> diff_id =
        ImportLayer(layer.blob, i, options, outputs);
    if (!diff_id.ok()) return InLayer(i, count, diff_id.status());
    if (*diff_id != layer.diff_id) {
      return absl::DataLossError(
          absl::StrCat("layer ", i + 1, " of ", count, " has diff_id \"",
                       *diff_id, "\": the config has \"", layer.diff_id, "\""));
    }
  }
  return outputs.Write(options.config_out,
                       WithPlatform(image.config_text, options.platform));
}

absl::StatusOr<Platform> ImportRootfs(const ImportOptions& options,
                                      OutputSet& outputs) {
  ABSL_ASSIGN_OR_RETURN(const MappedFile rootfs,
                        MappedFile::Open(options.source.rootfs));
  const absl::StatusOr<std::string> diff_id =
      ImportLayer(rootfs.contents(), 0, options, outputs);
  if (!diff_id.ok()) return InLayer(0, 1, diff_id.status());
  std::string config_text;
  if (!options.config.empty()) {
    ABSL_ASSIGN_OR_RETURN(config_text, ReadFile(options.config));
  }
  ABSL_ASSIGN_OR_RETURN(const ImageConfig config,
                        RootfsConfig(config_text, options.platform, *diff_id));
  ABSL_RETURN_IF_ERROR(
      outputs.Write(options.config_out, ImageConfigToText(config)));
  return config.platform;
}

// A variant says how fast a processor may be; BuildKit does not check that of a
// base.
bool IsSameMachine(const Platform& a, const Platform& b) {
  return a.os == b.os && a.architecture == b.architecture;
}

absl::StatusOr<Platform> Import(const ImportOptions& options,
                                OutputSet& outputs) {
  if (!options.source.rootfs.empty()) return ImportRootfs(options, outputs);
  ABSL_ASSIGN_OR_RETURN(
      const OpenedImage opened,
      OpenImage(options.source, options.platform,
                absl::StrCat(options.config_out, ".archive"), outputs));
  ABSL_RETURN_IF_ERROR(ImportLayers(opened.image, options, outputs));
  return opened.image.config.platform;
}

}  // namespace

absl::StatusOr<Platform> ImportBase(const ImportOptions& options) {
  OutputSet outputs;
  for (const std::string* directory :
       {&options.layers_out, &options.indexes_out}) {
    if (directory->empty()) continue;
    ABSL_RETURN_IF_ERROR(outputs.MakeDirectory(*directory));
  }
  absl::StatusOr<Platform> platform = Import(options, outputs);
  if (!platform.ok()) return InSource(options.source, platform.status());
  if (!options.wanted_by.empty() &&
      !IsSameMachine(*platform, options.platform)) {
    const ImportSource& source = options.source;
    return absl::InvalidArgumentError(absl::StrCat(
        options.wanted_by, ": expected an image for ",
        PlatformText(options.platform), ", got ", PlatformText(*platform),
        " of \"", source.layout, source.archive, source.rootfs, "\""));
  }
  outputs.Keep();
  return platform;
}

}  // namespace rules_dockerfile
