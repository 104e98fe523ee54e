#include "lib/registry/resolve.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/network/locked_image.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"
#include "lib/platform/platform.h"
#include "lib/reference/reference.h"
#include "lib/registry/choose_manifest.h"
#include "lib/registry/pull_source.h"

namespace rules_dockerfile {
namespace {

// `status` of the document with the digest.
absl::Status In(absl::string_view kind, const std::string& digest,
                const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(kind, " \"", digest,
                                                  "\": ", status.message()));
}

LockedBlob BlobOf(const Descriptor& descriptor) {
  return {.media_type = descriptor.media_type,
          .digest = descriptor.digest,
          .size = descriptor.size};
}

absl::Status CheckLayers(const ImageManifest& manifest) {
  for (size_t i = 0; i < manifest.layers.size(); ++i) {
    const std::string& type = manifest.layers[i].media_type;
    const std::string place =
        absl::StrCat("layer ", i + 1, " of ", manifest.layers.size(), ": ");
    if (IsForeignLayerMediaType(type)) {
      return absl::UnimplementedError(absl::StrCat(
          place, "expected a layer that the registry has, got \"", type, "\""));
    }
    const absl::Status status = LayerCodecOf(type).status();
    if (!status.ok()) {
      return absl::Status(status.code(), absl::StrCat(place, status.message()));
    }
  }
  return absl::OkStatus();
}

// The config of the manifest; `platform` is used if it has none.
absl::StatusOr<ImageConfig> ReadConfig(const ImageManifest& manifest,
                                       const Platform& platform,
                                       PullSource& source) {
  ABSL_ASSIGN_OR_RETURN(const std::string text,
                        source.ReadBlob(manifest.config));
  absl::StatusOr<ImageConfig> config =
      ParseImageConfig(WithPlatform(text, platform));
  if (!config.ok()) {
    return In("config", manifest.config.digest, config.status());
  }
  if (config->platform.os != "linux") {
    return absl::UnimplementedError(
        absl::StrCat("config \"", manifest.config.digest,
                     "\": expected an image for linux, got one for ",
                     PlatformText(config->platform)));
  }
  if (config->diff_ids.size() != manifest.layers.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "config \"", manifest.config.digest, "\": expected ",
        manifest.layers.size(), " diff_ids, as the manifest has layers, got ",
        config->diff_ids.size()));
  }
  return config;
}

// An error if the image is for another platform than its index says or, without
// an index, than was asked for.
absl::Status CheckPlatform(const ImageConfig& config,
                           const std::string& config_digest,
                           const Platform& platform, const Platform* listed) {
  if (listed == nullptr) {
    if (BestPlatform({config.platform}, platform).has_value()) {
      return absl::OkStatus();
    }
    return NoImageFor(platform, {config.platform});
  }
  // Many a config lacks the variant.
  if (config.platform.os == listed->os &&
      config.platform.architecture == listed->architecture) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("config \"", config_digest, "\": expected an image for ",
                   PlatformText(*listed), ", as its index says, got one for ",
                   PlatformText(config.platform)));
}

LockedImage Entry(const ImageReference& reference, const Platform& platform,
                  const PulledManifest& root, const Descriptor& pulled,
                  const ImageManifest& manifest, const ImageConfig& config) {
  ImageReference named = reference;
  named.digest = root.descriptor.digest;
  LockedImage image = {.image = ReferenceText(named),
                       .platform = PlatformText(platform),
                       .manifest = BlobOf(pulled),
                       .config = BlobOf(manifest.config),
                       .layers = {},
                       .onbuild = config.ConfigStrings("OnBuild")};
  for (size_t i = 0; i < manifest.layers.size(); ++i) {
    image.layers.push_back(
        {.blob = BlobOf(manifest.layers[i]), .diff_id = config.diff_ids[i]});
  }
  return image;
}

}  // namespace

absl::StatusOr<LockedImage> ResolveImage(const ImageReference& reference,
                                         const Platform& platform,
                                         const PulledManifest& root,
                                         PullSource& source) {
  PulledManifest pulled = root;
  const bool is_index = IsIndexMediaType(root.descriptor.media_type);
  Descriptor chosen;
  if (is_index) {
    const absl::StatusOr<ImageIndex> index = ParseIndex(root.text);
    if (!index.ok()) {
      return In("index", root.descriptor.digest, index.status());
    }
    ABSL_ASSIGN_OR_RETURN(chosen, ChooseManifest(*index, platform));
    ABSL_ASSIGN_OR_RETURN(pulled, PullListed(chosen, source));
  }
  ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest, ParsePulled(pulled));
  if (const absl::Status layers = CheckLayers(manifest); !layers.ok()) {
    return In("manifest", pulled.descriptor.digest, layers);
  }
  const Platform* listed = is_index ? &*chosen.platform : nullptr;
  ABSL_ASSIGN_OR_RETURN(
      const ImageConfig config,
      ReadConfig(manifest, listed == nullptr ? platform : *listed, source));
  ABSL_RETURN_IF_ERROR(
      CheckPlatform(config, manifest.config.digest, platform, listed));
  return Entry(reference, platform, root, pulled.descriptor, manifest, config);
}

}  // namespace rules_dockerfile
