#include "lib/oci/descriptor.h"

#include <optional>
#include <string>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

absl::StatusOr<std::string> DigestAt(const JsonNode& node,
                                     absl::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const JsonNode member, node.At(key));
  ABSL_ASSIGN_OR_RETURN(const std::string text, member.AsString());
  absl::StatusOr<std::string> digest = ParseDigest(text);
  if (!digest.ok()) return member.Error(digest.status().message());
  return digest;
}

}  // namespace

Json DescriptorToJson(const Descriptor& descriptor) {
  Json json = Json::object();
  json["mediaType"] = descriptor.media_type;
  json["digest"] = descriptor.digest;
  json["size"] = descriptor.size;
  if (!descriptor.annotations.empty()) {
    json["annotations"] = descriptor.annotations;
  }
  if (descriptor.platform.has_value()) {
    json["platform"] = PlatformToJson(*descriptor.platform);
  }
  if (!descriptor.artifact_type.empty()) {
    json["artifactType"] = descriptor.artifact_type;
  }
  return json;
}

absl::StatusOr<Descriptor> DescriptorFromJson(const JsonNode& node) {
  Descriptor descriptor;
  ABSL_ASSIGN_OR_RETURN(descriptor.media_type, node.StringAt("mediaType"));
  ABSL_ASSIGN_OR_RETURN(descriptor.digest, DigestAt(node, "digest"));
  ABSL_ASSIGN_OR_RETURN(const JsonNode size, node.At("size"));
  ABSL_ASSIGN_OR_RETURN(descriptor.size, size.AsInteger());
  if (descriptor.size < 0) return size.Error("the size is negative");
  ABSL_ASSIGN_OR_RETURN(descriptor.annotations,
                        node.StringMapOrEmpty("annotations"));
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> platform,
                        node.Find("platform"));
  if (platform.has_value()) {
    ABSL_ASSIGN_OR_RETURN(descriptor.platform, PlatformFromJson(*platform));
  }
  ABSL_ASSIGN_OR_RETURN(descriptor.artifact_type,
                        node.StringOrEmpty("artifactType"));
  return descriptor;
}

std::string LayerDescriptorToText(const LayerDescriptor& descriptor) {
  Json json = DescriptorToJson(descriptor.blob);
  json["diff_id"] = descriptor.diff_id;
  return JsonText(json);
}

absl::StatusOr<LayerDescriptor> ParseLayerDescriptor(absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  const JsonNode root(json);
  LayerDescriptor descriptor;
  ABSL_ASSIGN_OR_RETURN(descriptor.blob, DescriptorFromJson(root));
  ABSL_ASSIGN_OR_RETURN(descriptor.diff_id, DigestAt(root, "diff_id"));
  return descriptor;
}

std::string DescriptorToText(const Descriptor& descriptor) {
  return JsonText(DescriptorToJson(descriptor));
}

absl::StatusOr<Descriptor> ParseDescriptor(absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  return DescriptorFromJson(JsonNode(json));
}

}  // namespace rules_dockerfile
