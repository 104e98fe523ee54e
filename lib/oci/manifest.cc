#include "lib/oci/manifest.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/media_type.h"

namespace rules_dockerfile {

std::string ManifestToText(const ImageManifest& manifest) {
  Json json = Json::object();
  json["schemaVersion"] = 2;
  json["mediaType"] = manifest.media_type;
  json["config"] = DescriptorToJson(manifest.config);
  json["layers"] = Json::array();
  for (const Descriptor& layer : manifest.layers) {
    json["layers"].push_back(DescriptorToJson(layer));
  }
  if (!manifest.annotations.empty()) {
    json["annotations"] = manifest.annotations;
  }
  return JsonText(json);
}

namespace {

absl::StatusOr<std::string> ReadMediaType(const JsonNode& root) {
  ABSL_ASSIGN_OR_RETURN(std::string type, root.StringOrEmpty("mediaType"));
  // OCI documents may leave it out.
  if (type.empty()) type = std::string(kOciManifestMediaType);
  if (IsManifestMediaType(type)) return type;
  return absl::InvalidArgumentError(
      absl::StrCat("media type \"", type, "\": expected an image manifest"));
}

absl::StatusOr<std::vector<Descriptor>> ReadLayers(const JsonNode& root) {
  std::vector<Descriptor> layers;
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> array,
                        root.Find("layers"));
  // BuildKit writes null for an image without layers.
  if (!array.has_value()) return layers;
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements, array->AsArray());
  for (const JsonNode& element : elements) {
    ABSL_ASSIGN_OR_RETURN(layers.emplace_back(), DescriptorFromJson(element));
  }
  return layers;
}

}  // namespace

absl::StatusOr<ImageManifest> ParseManifest(absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  const JsonNode root(json);
  ABSL_ASSIGN_OR_RETURN(const int64_t version, root.IntegerAt("schemaVersion"));
  if (version != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("manifest has schema version ", version, ": expected 2"));
  }
  ABSL_RETURN_IF_ERROR(root.CheckNoNul());
  // CVE-2021-41190: other readers would see an index.
  if (json.contains("manifests")) {
    return absl::InvalidArgumentError(
        "expected a manifest, got one that is also an index: it has the field "
        "\"manifests\"");
  }
  ImageManifest manifest;
  ABSL_ASSIGN_OR_RETURN(manifest.media_type, ReadMediaType(root));
  ABSL_ASSIGN_OR_RETURN(const JsonNode config, root.At("config"));
  ABSL_ASSIGN_OR_RETURN(manifest.config, DescriptorFromJson(config));
  if (!IsConfigMediaType(manifest.config.media_type)) {
    return absl::InvalidArgumentError(absl::StrCat("config media type \"",
                                                   manifest.config.media_type,
                                                   "\": not an image"));
  }
  ABSL_ASSIGN_OR_RETURN(manifest.layers, ReadLayers(root));
  ABSL_ASSIGN_OR_RETURN(manifest.annotations,
                        root.StringMapOrEmpty("annotations"));
  return manifest;
}

}  // namespace rules_dockerfile
