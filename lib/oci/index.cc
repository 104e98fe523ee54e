#include "lib/oci/index.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
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

std::string IndexToText(const ImageIndex& index) {
  Json json = Json::object();
  json["schemaVersion"] = 2;
  json["mediaType"] = index.media_type;
  json["manifests"] = Json::array();
  for (const Descriptor& manifest : index.manifests) {
    json["manifests"].push_back(DescriptorToJson(manifest));
  }
  if (!index.annotations.empty()) json["annotations"] = index.annotations;
  return JsonText(json);
}

absl::StatusOr<ImageIndex> ParseIndex(absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  const JsonNode root(json);
  ABSL_ASSIGN_OR_RETURN(const int64_t version, root.IntegerAt("schemaVersion"));
  if (version != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("index has schema version ", version, ": expected 2"));
  }
  ABSL_RETURN_IF_ERROR(root.CheckNoNul());
  // CVE-2021-41190: other readers would see a manifest.
  for (const char* field : {"config", "layers"}) {
    if (!json.contains(field)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("expected an index, got one that is also a manifest: it "
                     "has the field \"",
                     field, "\""));
  }
  ImageIndex index;
  ABSL_ASSIGN_OR_RETURN(index.media_type, root.StringOrEmpty("mediaType"));
  // OCI documents may leave it out.
  if (index.media_type.empty()) {
    index.media_type = std::string(kOciIndexMediaType);
  }
  if (!IsIndexMediaType(index.media_type)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "media type \"", index.media_type, "\": expected an image index"));
  }
  ABSL_ASSIGN_OR_RETURN(const JsonNode manifests, root.At("manifests"));
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements,
                        manifests.AsArray());
  for (const JsonNode& element : elements) {
    ABSL_ASSIGN_OR_RETURN(Descriptor manifest, DescriptorFromJson(element));
    index.manifests.push_back(std::move(manifest));
  }
  ABSL_ASSIGN_OR_RETURN(index.annotations,
                        root.StringMapOrEmpty("annotations"));
  return index;
}

bool IsAttestation(const Descriptor& manifest) {
  return manifest.annotations.contains("vnd.docker.reference.type");
}

bool IsArtifact(const Descriptor& manifest) {
  return !manifest.artifact_type.empty() &&
         !IsConfigMediaType(manifest.artifact_type);
}

}  // namespace rules_dockerfile
