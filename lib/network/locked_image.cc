#include "lib/network/locked_image.h"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "re2/re2.h"

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

Json BlobToJson(const LockedBlob& blob) {
  return {{"mediaType", blob.media_type},
          {"digest", blob.digest},
          {"size", blob.size}};
}

absl::StatusOr<LockedBlob> BlobFromJson(const JsonNode& node) {
  LockedBlob blob;
  ABSL_ASSIGN_OR_RETURN(blob.media_type, node.StringAt("mediaType"));
  ABSL_ASSIGN_OR_RETURN(blob.digest, DigestAt(node, "digest"));
  ABSL_ASSIGN_OR_RETURN(blob.size, node.IntegerAt("size"));
  if (blob.size < 0) return node.Error("the size is negative");
  return blob;
}

absl::StatusOr<LockedBlob> BlobAt(const JsonNode& node, absl::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const JsonNode member, node.At(key));
  return BlobFromJson(member);
}

absl::StatusOr<std::vector<LockedLayer>> LayersOf(const JsonNode& node) {
  std::vector<LockedLayer> layers;
  ABSL_ASSIGN_OR_RETURN(const JsonNode member, node.At("layers"));
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> list, member.AsArray());
  for (const JsonNode& item : list) {
    LockedLayer layer;
    ABSL_ASSIGN_OR_RETURN(layer.blob, BlobFromJson(item));
    ABSL_ASSIGN_OR_RETURN(layer.diff_id, DigestAt(item, "diff_id"));
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace

std::string LockedImageName(absl::string_view image) {
  const absl::string_view name = image.substr(0, image.find('@'));
  // A colon after the last slash is that of a tag.
  const size_t colon = name.rfind(':');
  const bool has_tag =
      colon != name.npos && !absl::StrContains(name.substr(colon), '/');
  return std::string(has_tag ? name : image);
}

Json LockedImageToJson(const LockedImage& image) {
  Json json = {{"image", image.image},
               {"platform", image.platform},
               {"manifest", BlobToJson(image.manifest)},
               {"config", BlobToJson(image.config)}};
  json["layers"] = Json::array();
  for (const LockedLayer& layer : image.layers) {
    Json& item = json["layers"].emplace_back(BlobToJson(layer.blob));
    item["diff_id"] = layer.diff_id;
  }
  if (!image.onbuild.empty()) json["onbuild"] = image.onbuild;
  return json;
}

absl::StatusOr<LockedImage> LockedImageFromJson(const JsonNode& node) {
  static const LazyRE2 kName = {"[^@[:cntrl:] ]+/[^@[:cntrl:] ]+"};
  LockedImage image;
  ABSL_ASSIGN_OR_RETURN(const JsonNode name, node.At("image"));
  ABSL_ASSIGN_OR_RETURN(image.image, name.AsString());
  const size_t at = image.image.find('@');
  if (!RE2::FullMatch(image.image.substr(0, at), *kName) ||
      at == std::string::npos ||
      !ParseDigest(absl::string_view(image.image).substr(at + 1)).ok()) {
    return name.Error(
        absl::StrCat("expected registry/repository[:tag]@sha256:…, got \"",
                     image.image, "\""));
  }
  ABSL_ASSIGN_OR_RETURN(image.platform, node.StringAt("platform"));
  ABSL_ASSIGN_OR_RETURN(image.manifest, BlobAt(node, "manifest"));
  ABSL_ASSIGN_OR_RETURN(image.config, BlobAt(node, "config"));
  ABSL_ASSIGN_OR_RETURN(image.layers, LayersOf(node));
  ABSL_ASSIGN_OR_RETURN(image.onbuild, node.StringsOrEmpty("onbuild"));
  return image;
}

Json LockedRegistryToJson(const LockedRegistry& registry) {
  return {{"registry", registry.registry},
          {"realm", registry.realm},
          {"service", registry.service}};
}

absl::StatusOr<LockedRegistry> LockedRegistryFromJson(const JsonNode& node) {
  // Credentials are sent there: no user information that hides the host.
  static const LazyRE2 kRealm = {
      "(https?://[^/?#@[:cntrl:] ]+([/?][^[:cntrl:] ]*)?)?"};
  LockedRegistry registry;
  ABSL_ASSIGN_OR_RETURN(registry.registry, node.StringAt("registry"));
  ABSL_ASSIGN_OR_RETURN(const JsonNode realm, node.At("realm"));
  ABSL_ASSIGN_OR_RETURN(registry.realm, realm.AsString());
  if (!RE2::FullMatch(registry.realm, *kRealm)) {
    return realm.Error(
        absl::StrCat("expected a URL, got \"", registry.realm, "\""));
  }
  ABSL_ASSIGN_OR_RETURN(registry.service, node.StringOrEmpty("service"));
  return registry;
}

absl::Status CheckLockedOnce(absl::Span<const LockedImage> images) {
  std::set<std::pair<std::string, std::string>> known;
  for (const LockedImage& image : images) {
    std::string name = LockedImageName(image.image);
    if (known.emplace(name, image.platform).second) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(name, " is locked twice for ", image.platform));
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
