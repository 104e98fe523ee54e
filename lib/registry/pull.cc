#include "lib/registry/pull.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"
#include "lib/oci/platform.h"
#include "lib/registry/client.h"

namespace rules_dockerfile {
namespace {

std::string BlobFile(const std::string& layout, const std::string& digest) {
  return absl::StrCat(layout, "/blobs/sha256/", DigestHex(digest));
}

// Pulls config and layers of the manifest, and writes it.
absl::Status PullManifestInto(const std::string& layout,
                              const PulledManifest& pulled,
                              RegistryClient& client) {
  ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest,
                        ParseManifest(pulled.text));
  std::vector<Descriptor> blobs = manifest.layers;
  blobs.push_back(manifest.config);
  for (const Descriptor& blob : blobs) {
    const std::string path = BlobFile(layout, blob.digest);
    if (std::filesystem::exists(path)) continue;
    ABSL_RETURN_IF_ERROR(client.PullBlob(blob, path));
  }
  return WriteFile(BlobFile(layout, pulled.descriptor.digest), pulled.text);
}

// The manifest of `index` for the platform.
absl::StatusOr<Descriptor> Choose(const ImageIndex& index,
                                  const Platform& platform) {
  std::vector<Descriptor> manifests;
  std::vector<Platform> platforms;
  std::vector<std::string> names;
  for (const Descriptor& manifest : index.manifests) {
    if (IsAttestation(manifest) || !manifest.platform.has_value()) continue;
    manifests.push_back(manifest);
    platforms.push_back(*manifest.platform);
    names.push_back(absl::StrCat("\"", PlatformText(*manifest.platform), "\""));
  }
  const std::optional<size_t> best = BestPlatform(platforms, platform);
  if (best.has_value()) return manifests[*best];
  return absl::NotFoundError(
      absl::StrCat("no image for platform \"", PlatformText(platform),
                   "\": the registry has ", absl::StrJoin(names, ", ")));
}

absl::Status PullIndexInto(const std::string& layout,
                           const PulledManifest& pulled,
                           RegistryClient& client) {
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(pulled.text));
  for (const Descriptor& descriptor : index.manifests) {
    if (IsAttestation(descriptor)) continue;
    ABSL_ASSIGN_OR_RETURN(const PulledManifest manifest,
                          client.PullManifest(descriptor.digest));
    ABSL_RETURN_IF_ERROR(PullManifestInto(layout, manifest, client));
  }
  return WriteFile(BlobFile(layout, pulled.descriptor.digest), pulled.text);
}

}  // namespace

absl::StatusOr<PullResult> PullImage(const PullOptions& options,
                                     RegistryClient& client) {
  std::error_code error;
  std::filesystem::create_directories(options.layout + "/blobs/sha256", error);
  if (error) {
    return absl::ErrnoToStatus(
        error.value(),
        absl::StrCat("cannot create directory \"", options.layout, "\""));
  }
  ABSL_ASSIGN_OR_RETURN(PulledManifest root,
                        client.PullManifest(options.reference));
  PullResult result = {.digest = root.descriptor.digest};
  if (IsIndexMediaType(root.descriptor.media_type) &&
      options.platform.has_value()) {
    ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(root.text));
    ABSL_ASSIGN_OR_RETURN(const Descriptor chosen,
                          Choose(index, *options.platform));
    ABSL_ASSIGN_OR_RETURN(root, client.PullManifest(chosen.digest));
    root.descriptor.platform = chosen.platform;
  }
  if (IsIndexMediaType(root.descriptor.media_type)) {
    ABSL_RETURN_IF_ERROR(PullIndexInto(options.layout, root, client));
  } else {
    ABSL_RETURN_IF_ERROR(PullManifestInto(options.layout, root, client));
  }
  result.image_digest = root.descriptor.digest;
  ABSL_RETURN_IF_ERROR(
      WriteFile(options.layout + "/oci-layout",
                "{\n  \"imageLayoutVersion\": \"1.0.0\"\n}\n"));
  ABSL_RETURN_IF_ERROR(
      WriteFile(options.layout + "/index.json",
                IndexToText({.media_type = std::string(kOciIndexMediaType),
                             .manifests = {std::move(root.descriptor)}})));
  return result;
}

}  // namespace rules_dockerfile
