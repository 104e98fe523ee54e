#include "lib/registry/pull.h"

#include <cstdint>
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
#include "lib/oci/document_file.h"
#include "lib/oci/image_config.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"
#include "lib/oci/platform.h"
#include "lib/registry/client.h"
#include "lib/registry/mount_sources.h"

namespace rules_dockerfile {
namespace {

std::string BlobFile(const std::string& layout, const std::string& digest) {
  return absl::StrCat(layout, "/blobs/sha256/", DigestHex(digest));
}

// Whether the file is the blob, to the last byte.
bool IsBlob(const std::string& path, const Descriptor& blob) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return false;
  if (std::filesystem::file_size(path, error) !=
      static_cast<uintmax_t>(blob.size)) {
    return false;
  }
  const absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  return file.ok() && DigestOf(file->contents()) == blob.digest;
}

absl::Status PullBlobInto(const std::string& layout, const Descriptor& blob,
                          RegistryClient& client) {
  const std::string path = BlobFile(layout, blob.digest);
  return IsBlob(path, blob) ? absl::OkStatus() : client.PullBlob(blob, path);
}

absl::Status NoImageFor(const Platform& platform,
                        const std::vector<Platform>& offered) {
  return absl::NotFoundError(absl::StrCat(
      "no image for platform \"", PlatformText(platform),
      "\": the registry has ",
      absl::StrJoin(offered, ", ", [](std::string* out, const Platform& p) {
        absl::StrAppend(out, "\"", PlatformText(p), "\"");
      })));
}

// NotFound if the image with the config is for another platform.
absl::Status CheckPlatform(const std::string& config_file,
                           const Platform& wanted) {
  ABSL_ASSIGN_OR_RETURN(const ImageConfig config,
                        ReadParsed(config_file, ParseImageConfig));
  if (BestPlatform({config.platform}, wanted).has_value()) {
    return absl::OkStatus();
  }
  return NoImageFor(wanted, {config.platform});
}

// Pulls config and layers of the manifest, and writes it. With `platform`, the
// image is for that one, or nothing but its config is pulled.
absl::Status PullManifestInto(const std::string& layout,
                              const PulledManifest& pulled,
                              const std::optional<Platform>& platform,
                              RegistryClient& client) {
  ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest,
                        ParseManifest(pulled.text));
  if (manifest.media_type != pulled.descriptor.media_type) {
    return absl::InvalidArgumentError(absl::StrCat(
        "manifest \"", pulled.descriptor.digest, "\" says that it is \"",
        manifest.media_type, "\", and its registry \"",
        pulled.descriptor.media_type, "\""));
  }
  ABSL_RETURN_IF_ERROR(PullBlobInto(layout, manifest.config, client));
  if (platform.has_value()) {
    ABSL_RETURN_IF_ERROR(
        CheckPlatform(BlobFile(layout, manifest.config.digest), *platform));
  }
  for (const Descriptor& layer : manifest.layers) {
    ABSL_RETURN_IF_ERROR(PullBlobInto(layout, layer, client));
  }
  return WriteFile(BlobFile(layout, pulled.descriptor.digest), pulled.text);
}

// The manifest of `index` for the platform.
absl::StatusOr<Descriptor> Choose(const ImageIndex& index,
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

// Pulls an image that the index lists.
absl::StatusOr<PulledManifest> PullListed(const Descriptor& descriptor,
                                          RegistryClient& client) {
  if (IsIndexMediaType(descriptor.media_type)) {
    return absl::UnimplementedError(absl::StrCat("the index lists the index \"",
                                                 descriptor.digest,
                                                 "\": expected images"));
  }
  return client.PullManifest(descriptor);
}

absl::Status PullIndexInto(const std::string& layout,
                           const PulledManifest& pulled,
                           RegistryClient& client) {
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(pulled.text));
  for (const Descriptor& descriptor : index.manifests) {
    if (IsAttestation(descriptor)) continue;
    ABSL_ASSIGN_OR_RETURN(const PulledManifest manifest,
                          PullListed(descriptor, client));
    ABSL_RETURN_IF_ERROR(
        PullManifestInto(layout, manifest, std::nullopt, client));
  }
  return WriteFile(BlobFile(layout, pulled.descriptor.digest), pulled.text);
}

absl::Status WriteLayoutFiles(const std::string& layout, Descriptor root) {
  ABSL_RETURN_IF_ERROR(WriteFile(
      layout + "/oci-layout", "{\n  \"imageLayoutVersion\": \"1.0.0\"\n}\n"));
  return WriteFile(layout + "/index.json",
                   IndexToText({.media_type = std::string(kOciIndexMediaType),
                                .manifests = {std::move(root)}}));
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
  std::optional<Platform> wanted = options.platform;
  if (IsIndexMediaType(root.descriptor.media_type) && wanted.has_value()) {
    ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(root.text));
    ABSL_ASSIGN_OR_RETURN(const Descriptor chosen, Choose(index, *wanted));
    ABSL_ASSIGN_OR_RETURN(root, PullListed(chosen, client));
    root.descriptor.platform = chosen.platform;
    wanted.reset();  // the index has answered for it
  }
  if (IsIndexMediaType(root.descriptor.media_type)) {
    ABSL_RETURN_IF_ERROR(PullIndexInto(options.layout, root, client));
  } else {
    ABSL_RETURN_IF_ERROR(
        PullManifestInto(options.layout, root, wanted, client));
  }
  result.image_digest = root.descriptor.digest;
  root.descriptor.annotations[SourceAnnotation(client.registry())] =
      client.repository();
  ABSL_RETURN_IF_ERROR(
      WriteLayoutFiles(options.layout, std::move(root.descriptor)));
  return result;
}

}  // namespace rules_dockerfile
