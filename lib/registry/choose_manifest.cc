#include "lib/registry/choose_manifest.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"
#include "lib/platform/platform.h"
#include "lib/registry/pull_source.h"

namespace rules_dockerfile {

absl::Status NoImageFor(const Platform& platform,
                        absl::Span<const Platform> offered) {
  const std::string list =
      absl::StrJoin(offered, ", ", [](std::string* out, const Platform& p) {
        absl::StrAppend(out, "\"", PlatformText(p), "\"");
      });
  return absl::NotFoundError(
      absl::StrCat("no image for platform \"", PlatformText(platform),
                   "\": the registry has ",
                   offered.empty() ? "none with a platform" : list));
}

absl::StatusOr<Descriptor> ChooseManifest(const ImageIndex& index,
                                          const Platform& platform) {
  std::vector<Descriptor> manifests;
  std::vector<Platform> platforms;
  for (const Descriptor& manifest : index.manifests) {
    if (IsAttestation(manifest) || !manifest.platform.has_value()) continue;
    manifests.push_back(manifest);
    platforms.push_back(*manifest.platform);
  }
  const std::optional<size_t> best = BestPlatform(platforms, platform);
  if (best.has_value()) return manifests[*best];
  return NoImageFor(platform, platforms);
}

absl::Status CheckIsNoIndex(const Descriptor& listed) {
  if (!IsIndexMediaType(listed.media_type)) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat(
      "the index lists the index \"", listed.digest, "\": expected images"));
}

absl::StatusOr<PulledManifest> PullListed(const Descriptor& descriptor,
                                          PullSource& source) {
  ABSL_RETURN_IF_ERROR(CheckIsNoIndex(descriptor));
  return source.PullManifest(descriptor);
}

absl::StatusOr<ImageManifest> ParsePulled(const PulledManifest& pulled) {
  absl::StatusOr<ImageManifest> manifest = ParseManifest(pulled.text);
  if (!manifest.ok()) {
    return absl::Status(manifest.status().code(),
                        absl::StrCat("manifest \"", pulled.descriptor.digest,
                                     "\": ", manifest.status().message()));
  }
  if (manifest->media_type != pulled.descriptor.media_type) {
    return absl::InvalidArgumentError(absl::StrCat(
        "manifest \"", pulled.descriptor.digest, "\" says that it is \"",
        manifest->media_type, "\", and its registry \"",
        pulled.descriptor.media_type, "\""));
  }
  return manifest;
}

}  // namespace rules_dockerfile
