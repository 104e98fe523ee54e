#include "lib/oci/docker_archive_reader.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_config.h"
#include "lib/oci/image_source.h"
#include "lib/platform/platform.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {
namespace {

// An element of manifest.json.
struct ArchiveImage {
  std::string config;
  std::vector<std::string> layers;
  std::vector<std::string> tags;
};

absl::StatusOr<std::vector<ArchiveImage>> ParseArchiveManifest(
    absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements,
                        JsonNode(json).AsArray());
  std::vector<ArchiveImage> images;
  for (const JsonNode& element : elements) {
    ArchiveImage& image = images.emplace_back();
    ABSL_ASSIGN_OR_RETURN(image.config, element.StringAt("Config"));
    ABSL_ASSIGN_OR_RETURN(image.layers, element.StringsOrEmpty("Layers"));
    ABSL_ASSIGN_OR_RETURN(image.tags, element.StringsOrEmpty("RepoTags"));
  }
  return images;
}

std::string QuotedTags(const std::vector<ArchiveImage>& images) {
  std::vector<std::string> tags;
  for (const ArchiveImage& image : images) {
    if (image.tags.empty()) tags.push_back("untagged");
    for (const std::string& tag : image.tags) {
      tags.push_back(absl::StrCat("\"", tag, "\""));
    }
  }
  return absl::StrJoin(tags, ", ");
}

// docker save names the config by its digest: "<hex>.json" or
// "blobs/sha256/<hex>". Other writers use any name.
absl::Status CheckConfigName(absl::string_view path,
                             const std::string& digest) {
  const std::vector<absl::string_view> parts = absl::StrSplit(path, '/');
  const std::string named =
      absl::StrCat("sha256:", absl::StripSuffix(parts.back(), ".json"));
  if (!ParseDigest(named).ok() || named == digest) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("image config \"", path, "\" has digest \"", digest, "\""));
}

// The one image of the archive.
absl::StatusOr<ArchiveImage> ReadArchiveImage(FileSet& files) {
  ABSL_ASSIGN_OR_RETURN(const absl::string_view text,
                        ReadDocument(files, "manifest.json"));
  const absl::StatusOr<std::vector<ArchiveImage>> images =
      ParseArchiveManifest(text);
  if (!images.ok()) {
    return absl::Status(
        images.status().code(),
        absl::StrCat("manifest.json: ", images.status().message()));
  }
  if (images->empty()) {
    return absl::InvalidArgumentError("the archive has no image");
  }
  if (images->size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("the archive has ", images->size(), " images (",
                     QuotedTags(*images), "): expected one"));
  }
  return images->front();
}

}  // namespace

absl::StatusOr<SourceImage> ReadDockerArchive(FileSet& files,
                                              const Platform& platform) {
  ABSL_ASSIGN_OR_RETURN(const ArchiveImage archived, ReadArchiveImage(files));

  SourceImage image;
  image.tags = archived.tags;
  ABSL_ASSIGN_OR_RETURN(const absl::string_view config_text,
                        ReadDocument(files, CleanTarPath(archived.config)));
  image.config_text = std::string(config_text);
  image.config_digest = DigestOf(config_text);
  ABSL_RETURN_IF_ERROR(CheckConfigName(archived.config, image.config_digest));
  absl::StatusOr<ImageConfig> config =
      ParseImageConfig(WithPlatform(config_text, platform));
  if (!config.ok()) {
    return absl::Status(
        config.status().code(),
        absl::StrCat("image config: ", config.status().message()));
  }
  image.config = *std::move(config);
  if (archived.layers.size() != image.config.diff_ids.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "manifest.json has ", archived.layers.size(), " layers, the config ",
        image.config.diff_ids.size(), " diff_ids"));
  }
  for (size_t i = 0; i < archived.layers.size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(const absl::string_view blob,
                          files.Read(CleanTarPath(archived.layers[i])));
    image.layers.push_back({.blob = blob, .diff_id = image.config.diff_ids[i]});
  }
  return image;
}

}  // namespace rules_dockerfile
