#include "lib/oci/layout_reader.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_config.h"
#include "lib/oci/image_source.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

constexpr int kMaxIndexDepth = 4;
constexpr size_t kMaxManifests = 4096;
constexpr absl::string_view kTagAnnotation =
    "org.opencontainers.image.ref.name";

// Adds the noun to an error about a document.
absl::Status InDocument(const absl::Status& status, absl::string_view name) {
  return absl::Status(status.code(),
                      absl::StrCat(name, ": ", status.message()));
}

absl::Status CheckLayoutFile(FileSet& files) {
  ABSL_ASSIGN_OR_RETURN(const absl::string_view text,
                        ReadDocument(files, "oci-layout"));
  absl::StatusOr<Json> json = ParseJson(text);
  if (!json.ok()) return InDocument(json.status(), "oci-layout");
  const absl::StatusOr<std::string> version =
      JsonNode(*json).StringAt("imageLayoutVersion");
  if (!version.ok()) return InDocument(version.status(), "oci-layout");
  if (*version == "1.0.0") return absl::OkStatus();
  return absl::UnimplementedError(
      absl::StrCat("oci-layout: version \"", *version,
                   "\" is not supported: expected \"1.0.0\""));
}

// A manifest that the layout lists.
struct Candidate {
  Descriptor descriptor;
  bool top_level = false;  // listed by index.json itself
};

// The image manifests that `index` lists, at any depth, each once.
absl::Status ListManifests(FileSet& files, const ImageIndex& index, int depth,
                           std::set<std::string>& seen,
                           std::vector<Candidate>& candidates) {
  if (depth > kMaxIndexDepth) {
    return absl::InvalidArgumentError(
        absl::StrCat("indexes nest deeper than ", kMaxIndexDepth));
  }
  for (const Descriptor& descriptor : index.manifests) {
    if (IsAttestation(descriptor) || IsArtifact(descriptor)) continue;
    if (!seen.insert(descriptor.digest).second) continue;
    if (seen.size() > kMaxManifests) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the indexes list more than ", kMaxManifests, " manifests"));
    }
    if (IsManifestMediaType(descriptor.media_type)) {
      candidates.push_back({.descriptor = descriptor, .top_level = depth == 0});
    } else if (IsIndexMediaType(descriptor.media_type)) {
      ABSL_ASSIGN_OR_RETURN(const absl::string_view text,
                            ReadBlob(files, descriptor));
      const absl::StatusOr<ImageIndex> nested = ParseIndex(text);
      if (!nested.ok()) return InDocument(nested.status(), descriptor.digest);
      ABSL_RETURN_IF_ERROR(
          ListManifests(files, *nested, depth + 1, seen, candidates));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ImageManifest> ReadManifest(FileSet& files,
                                           const Descriptor& descriptor) {
  ABSL_ASSIGN_OR_RETURN(const absl::string_view text,
                        ReadBlob(files, descriptor));
  absl::StatusOr<ImageManifest> manifest = ParseManifest(text);
  if (!manifest.ok()) return InDocument(manifest.status(), "manifest");
  return manifest;
}

absl::StatusOr<ImageConfig> ParseConfig(absl::string_view text) {
  absl::StatusOr<ImageConfig> config = ParseImageConfig(text);
  if (!config.ok()) return InDocument(config.status(), "image config");
  return config;
}

// The platform of a candidate: its descriptor's, else its config's.
absl::StatusOr<Platform> PlatformOf(FileSet& files,
                                    const Descriptor& descriptor) {
  if (descriptor.platform.has_value()) return *descriptor.platform;
  ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest,
                        ReadManifest(files, descriptor));
  ABSL_ASSIGN_OR_RETURN(const absl::string_view text,
                        ReadBlob(files, manifest.config));
  ABSL_ASSIGN_OR_RETURN(const ImageConfig config, ParseConfig(text));
  return config.platform;
}

std::string QuotedPlatforms(const std::vector<Platform>& platforms) {
  std::set<std::string> names;
  for (const Platform& platform : platforms) {
    names.insert(absl::StrCat("\"", PlatformText(platform), "\""));
  }
  return absl::StrJoin(names, ", ");
}

// A manifest as messages name it: its digest, and its tag if it has one.
std::string Named(const Descriptor& descriptor) {
  const auto tag = descriptor.annotations.find(std::string(kTagAnnotation));
  if (tag == descriptor.annotations.end()) {
    return absl::StrCat("\"", descriptor.digest, "\"");
  }
  return absl::StrCat("\"", descriptor.digest, "\" (", tag->second, ")");
}

// The candidate for `platform`.
absl::StatusOr<Descriptor> Choose(FileSet& files,
                                  const std::vector<Candidate>& candidates,
                                  const Platform& platform) {
  if (candidates.empty()) {
    return absl::InvalidArgumentError("the layout has no image");
  }
  if (candidates.size() == 1) return candidates[0].descriptor;
  std::vector<Candidate> images;
  std::vector<Platform> platforms;
  for (const Candidate& candidate : candidates) {
    absl::StatusOr<Platform> offered = PlatformOf(files, candidate.descriptor);
    // An artifact, such as a signature, is beside the images.
    if (absl::IsInvalidArgument(offered.status())) continue;
    ABSL_RETURN_IF_ERROR(offered.status());
    images.push_back(candidate);
    platforms.push_back(*std::move(offered));
  }
  const std::optional<size_t> best = BestPlatform(platforms, platform);
  if (!best.has_value()) {
    return absl::NotFoundError(
        absl::StrCat("no image for platform \"", PlatformText(platform),
                     "\": the source has ", QuotedPlatforms(platforms)));
  }
  std::vector<std::string> rivals = {Named(images[*best].descriptor)};
  for (size_t i = *best + 1; i < images.size(); ++i) {
    if (images[i].top_level && platforms[i] == platforms[*best]) {
      rivals.push_back(Named(images[i].descriptor));
    }
  }
  if (rivals.size() == 1) return images[*best].descriptor;
  return absl::InvalidArgumentError(
      absl::StrCat("index.json has more than one image for platform \"",
                   PlatformText(platforms[*best]), "\": expected one of ",
                   absl::StrJoin(rivals, ", ")));
}

// A foreign layer may be elsewhere, and is taken if it is here.
absl::StatusOr<absl::string_view> ReadLayer(FileSet& files,
                                            const Descriptor& descriptor) {
  absl::StatusOr<absl::string_view> blob = ReadBlob(files, descriptor);
  if (!absl::IsNotFound(blob.status()) ||
      !IsForeignLayerMediaType(descriptor.media_type)) {
    return blob;
  }
  return absl::Status(
      blob.status().code(),
      absl::StrCat(blob.status().message(), ": it is a foreign layer (\"",
                   descriptor.media_type, "\")"));
}

std::vector<std::string> TagsOf(const ImageIndex& index,
                                const std::string& digest) {
  std::vector<std::string> tags;
  for (const Descriptor& descriptor : index.manifests) {
    const auto tag = descriptor.annotations.find(std::string(kTagAnnotation));
    if (descriptor.digest == digest && tag != descriptor.annotations.end()) {
      tags.push_back(tag->second);
    }
  }
  return tags;
}

// The layers of the manifest, whose configuration is `config`.
absl::StatusOr<std::vector<SourceLayer>> ReadLayers(
    FileSet& files, const ImageManifest& manifest, const ImageConfig& config) {
  if (manifest.layers.size() != config.diff_ids.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the manifest has ", manifest.layers.size(), " layers, its config ",
        config.diff_ids.size(), " diff_ids"));
  }
  std::vector<SourceLayer> layers;
  for (size_t i = 0; i < manifest.layers.size(); ++i) {
    const Descriptor& descriptor = manifest.layers[i];
    ABSL_RETURN_IF_ERROR(LayerCodecOf(descriptor.media_type).status());
    ABSL_ASSIGN_OR_RETURN(const absl::string_view blob,
                          ReadLayer(files, descriptor));
    layers.push_back({.blob = blob,
                      .descriptor = descriptor,
                      .diff_id = config.diff_ids[i]});
  }
  return layers;
}

}  // namespace

absl::StatusOr<absl::string_view> ReadBlob(FileSet& files,
                                           const Descriptor& descriptor) {
  const std::string path =
      absl::StrCat("blobs/sha256/", DigestHex(descriptor.digest));
  const bool is_document = IsIndexMediaType(descriptor.media_type) ||
                           IsManifestMediaType(descriptor.media_type) ||
                           IsConfigMediaType(descriptor.media_type);
  absl::StatusOr<absl::string_view> blob =
      is_document ? ReadDocument(files, path) : files.Read(path);
  if (absl::IsNotFound(blob.status())) {
    return absl::NotFoundError(absl::StrCat("blob \"", descriptor.digest,
                                            "\" is missing from the layout"));
  }
  ABSL_RETURN_IF_ERROR(blob.status());
  if (static_cast<int64_t>(blob->size()) != descriptor.size) {
    return absl::DataLossError(
        absl::StrCat("blob \"", descriptor.digest, "\" has ", blob->size(),
                     " bytes: expected ", descriptor.size));
  }
  const std::string digest = DigestOf(*blob);
  if (digest != descriptor.digest) {
    return absl::DataLossError(absl::StrCat("blob \"", descriptor.digest,
                                            "\" has digest \"", digest, "\""));
  }
  return *blob;
}

absl::StatusOr<SourceImage> ReadLayout(FileSet& files,
                                       const Platform& platform) {
  ABSL_RETURN_IF_ERROR(CheckLayoutFile(files));
  ABSL_ASSIGN_OR_RETURN(const absl::string_view index_text,
                        ReadDocument(files, "index.json"));
  const absl::StatusOr<ImageIndex> index = ParseIndex(index_text);
  if (!index.ok()) return InDocument(index.status(), "index.json");
  std::set<std::string> seen;
  std::vector<Candidate> candidates;
  ABSL_RETURN_IF_ERROR(ListManifests(files, *index, 0, seen, candidates));
  ABSL_ASSIGN_OR_RETURN(const Descriptor chosen,
                        Choose(files, candidates, platform));

  SourceImage image;
  image.manifest_digest = chosen.digest;
  image.tags = TagsOf(*index, chosen.digest);
  ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest,
                        ReadManifest(files, chosen));
  image.config_digest = manifest.config.digest;
  ABSL_ASSIGN_OR_RETURN(const absl::string_view config_text,
                        ReadBlob(files, manifest.config));
  image.config_text = std::string(config_text);
  ABSL_ASSIGN_OR_RETURN(image.config,
                        ParseConfig(WithPlatform(config_text, platform)));
  ABSL_ASSIGN_OR_RETURN(image.layers,
                        ReadLayers(files, manifest, image.config));
  image.manifest = manifest;
  return image;
}

}  // namespace rules_dockerfile
