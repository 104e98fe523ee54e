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
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/document_file.h"
#include "lib/oci/image_config.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"
#include "lib/platform/platform.h"
#include "lib/registry/choose_manifest.h"
#include "lib/registry/mount_sources.h"
#include "lib/registry/pull_source.h"

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
                          PullSource& client) {
  const std::string path = BlobFile(layout, blob.digest);
  return IsBlob(path, blob) ? absl::OkStatus() : client.PullBlob(blob, path);
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
// image is for that one, or only its config is pulled.
absl::Status PullManifestInto(const std::string& layout,
                              const PulledManifest& pulled,
                              const std::optional<Platform>& platform,
                              PullSource& client) {
  ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest, ParsePulled(pulled));
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

absl::Status PullIndexInto(const std::string& layout,
                           const PulledManifest& pulled, PullSource& client) {
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
                                     PullSource& client) {
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
    ABSL_ASSIGN_OR_RETURN(const Descriptor chosen,
                          ChooseManifest(index, *wanted));
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
