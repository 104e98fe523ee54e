#include "lib/oci/make_manifest.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/compression/codec.h"
#include "lib/digest/digest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

Descriptor Describe(absl::string_view media_type, absl::string_view bytes) {
  return {.media_type = std::string(media_type),
          .digest = DigestOf(bytes),
          .size = static_cast<int64_t>(bytes.size())};
}

absl::Status CheckDiffIds(const ImageConfig& config,
                          const std::vector<LayerDescriptor>& layers) {
  if (layers.size() != config.diff_ids.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        layers.size(), " layers, but the config has ", config.diff_ids.size()));
  }
  for (size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].diff_id == config.diff_ids[i]) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("layer ", i + 1, " has diff_id \"", layers[i].diff_id,
                     "\": the config has \"", config.diff_ids[i], "\""));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DescribedDocument> MakeManifest(
    absl::string_view config_text, const std::vector<LayerDescriptor>& layers,
    const std::map<std::string, std::string>& annotations) {
  ABSL_ASSIGN_OR_RETURN(const ImageConfig config,
                        ParseImageConfig(config_text));
  ABSL_RETURN_IF_ERROR(CheckDiffIds(config, layers));
  ImageManifest manifest = {
      .media_type = std::string(kOciManifestMediaType),
      .config = Describe(kOciConfigMediaType, config_text),
      .annotations = annotations};
  for (const LayerDescriptor& layer : layers) {
    ABSL_ASSIGN_OR_RETURN(const Codec codec,
                          LayerCodecOf(layer.blob.media_type));
    Descriptor& descriptor = manifest.layers.emplace_back(layer.blob);
    descriptor.media_type = LayerMediaType(codec);
  }
  DescribedDocument document = {.text = ManifestToText(manifest)};
  document.descriptor = Describe(kOciManifestMediaType, document.text);
  document.descriptor.platform = config.platform;
  return document;
}

absl::StatusOr<DescribedDocument> MakeIndex(
    const std::vector<Descriptor>& manifests,
    const std::map<std::string, std::string>& annotations) {
  std::set<std::string> platforms;
  for (const Descriptor& manifest : manifests) {
    if (!manifest.platform.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("manifest \"", manifest.digest, "\" has no platform"));
    }
    const std::string platform = PlatformText(*manifest.platform);
    if (!platforms.insert(platform).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("two manifests for platform \"", platform, "\""));
    }
  }
  DescribedDocument document = {
      .text = IndexToText({.media_type = std::string(kOciIndexMediaType),
                           .manifests = manifests,
                           .annotations = annotations})};
  document.descriptor = Describe(kOciIndexMediaType, document.text);
  return document;
}

}  // namespace rules_dockerfile
