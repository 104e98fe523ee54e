#include "lib/sbom/inventory.h"

#include <cstdint>
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

namespace rules_dockerfile {
namespace {

constexpr int kVersion = 1;

void PutText(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

void PutTexts(Json& json, const char* key,
              const std::vector<std::string>& texts) {
  if (!texts.empty()) json[key] = texts;
}

Json LayerToJson(const InventoryLayer& layer) {
  Json json = Json::object();
  PutText(json, "diff_id", layer.diff_id);
  PutText(json, "digest", layer.digest);
  PutText(json, "created_by", layer.created_by);
  PutText(json, "dockerfile", layer.dockerfile);
  if (layer.line != 0) json["line"] = layer.line;
  return json;
}

Json PackageToJson(const Package& package) {
  Json json = Json::object();
  PutText(json, "ecosystem", package.ecosystem);
  PutText(json, "name", package.name);
  PutText(json, "version", package.version);
  PutText(json, "architecture", package.architecture);
  PutText(json, "source", package.source);
  PutText(json, "supplier", package.supplier);
  PutText(json, "purl", package.purl);
  PutTexts(json, "licenses", package.licenses);
  json["layer"] = package.layer;
  PutText(json, "location", package.location);
  PutTexts(json, "files", package.files);
  if (package.size != 0) json["size"] = package.size;
  return json;
}

absl::StatusOr<std::vector<JsonNode>> ObjectsAt(const JsonNode& node,
                                                absl::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const auto list, node.Find(key));
  if (!list.has_value()) return std::vector<JsonNode>();
  return list->AsArray();
}

absl::StatusOr<int64_t> IntegerOrZero(const JsonNode& node,
                                      absl::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const auto number, node.Find(key));
  if (!number.has_value()) return 0;
  return number->AsInteger();
}

absl::StatusOr<InventoryLayer> LayerFromJson(const JsonNode& node) {
  InventoryLayer layer;
  ABSL_ASSIGN_OR_RETURN(layer.diff_id, node.StringOrEmpty("diff_id"));
  ABSL_ASSIGN_OR_RETURN(layer.digest, node.StringOrEmpty("digest"));
  ABSL_ASSIGN_OR_RETURN(layer.created_by, node.StringOrEmpty("created_by"));
  ABSL_ASSIGN_OR_RETURN(layer.dockerfile, node.StringOrEmpty("dockerfile"));
  ABSL_ASSIGN_OR_RETURN(const int64_t line, IntegerOrZero(node, "line"));
  layer.line = static_cast<int>(line);
  return layer;
}

absl::StatusOr<Package> PackageFromJson(const JsonNode& node, size_t layers) {
  Package package;
  ABSL_ASSIGN_OR_RETURN(package.ecosystem, node.StringAt("ecosystem"));
  ABSL_ASSIGN_OR_RETURN(package.name, node.StringAt("name"));
  ABSL_ASSIGN_OR_RETURN(package.version, node.StringOrEmpty("version"));
  ABSL_ASSIGN_OR_RETURN(package.architecture,
                        node.StringOrEmpty("architecture"));
  ABSL_ASSIGN_OR_RETURN(package.source, node.StringOrEmpty("source"));
  ABSL_ASSIGN_OR_RETURN(package.supplier, node.StringOrEmpty("supplier"));
  ABSL_ASSIGN_OR_RETURN(package.purl, node.StringOrEmpty("purl"));
  ABSL_ASSIGN_OR_RETURN(package.licenses, node.StringsOrEmpty("licenses"));
  ABSL_ASSIGN_OR_RETURN(const int64_t layer, node.IntegerAt("layer"));
  if (layer < 0 || layer >= static_cast<int64_t>(layers)) {
    return node.Error(
        absl::StrCat("expected a layer below ", layers, ", got ", layer));
  }
  package.layer = static_cast<int>(layer);
  ABSL_ASSIGN_OR_RETURN(package.location, node.StringOrEmpty("location"));
  ABSL_ASSIGN_OR_RETURN(package.files, node.StringsOrEmpty("files"));
  ABSL_ASSIGN_OR_RETURN(package.size, IntegerOrZero(node, "size"));
  return package;
}

absl::Status ReadSystem(const JsonNode& root, Inventory& inventory) {
  ABSL_ASSIGN_OR_RETURN(const auto os, root.Find("os"));
  if (!os.has_value()) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(inventory.os_id, os->StringOrEmpty("id"));
  ABSL_ASSIGN_OR_RETURN(inventory.os_version, os->StringOrEmpty("version_id"));
  ABSL_ASSIGN_OR_RETURN(inventory.os_name, os->StringOrEmpty("pretty_name"));
  return absl::OkStatus();
}

}  // namespace

std::string LayerOrigin(const InventoryLayer& layer) {
  const std::string what =
      layer.created_by.empty() ? "" : absl::StrCat(": ", layer.created_by);
  if (layer.line == 0) return absl::StrCat("base", what);
  return absl::StrCat(layer.dockerfile, ":", layer.line, what);
}

std::string InventoryToText(const Inventory& inventory) {
  Json json = Json::object();
  json["version"] = kVersion;
  PutText(json, "image", inventory.image);
  PutText(json, "name", inventory.name);
  PutText(json, "created", inventory.created);
  PutText(json, "platform", inventory.platform);
  Json os = Json::object();
  PutText(os, "id", inventory.os_id);
  PutText(os, "version_id", inventory.os_version);
  PutText(os, "pretty_name", inventory.os_name);
  if (!os.empty()) json["os"] = std::move(os);
  json["layers"] = Json::array();
  for (const InventoryLayer& layer : inventory.layers) {
    json["layers"].push_back(LayerToJson(layer));
  }
  json["packages"] = Json::array();
  for (const Package& package : inventory.packages) {
    json["packages"].push_back(PackageToJson(package));
  }
  if (!inventory.license_refs.empty()) {
    json["license_refs"] = inventory.license_refs;
  }
  PutTexts(json, "notes", inventory.notes);
  return JsonText(json);
}

absl::StatusOr<Inventory> ParseInventory(absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  const JsonNode root(json);
  ABSL_ASSIGN_OR_RETURN(const int64_t version, root.IntegerAt("version"));
  if (version != kVersion) {
    return absl::UnimplementedError(absl::StrCat("inventory: expected version ",
                                                 kVersion, ", got ", version));
  }
  Inventory inventory;
  ABSL_ASSIGN_OR_RETURN(inventory.image, root.StringOrEmpty("image"));
  ABSL_ASSIGN_OR_RETURN(inventory.name, root.StringOrEmpty("name"));
  ABSL_ASSIGN_OR_RETURN(inventory.created, root.StringOrEmpty("created"));
  ABSL_ASSIGN_OR_RETURN(inventory.platform, root.StringOrEmpty("platform"));
  ABSL_RETURN_IF_ERROR(ReadSystem(root, inventory));
  ABSL_ASSIGN_OR_RETURN(const auto layers, ObjectsAt(root, "layers"));
  for (const JsonNode& node : layers) {
    ABSL_ASSIGN_OR_RETURN(InventoryLayer layer, LayerFromJson(node));
    inventory.layers.push_back(std::move(layer));
  }
  ABSL_ASSIGN_OR_RETURN(const auto packages, ObjectsAt(root, "packages"));
  for (const JsonNode& node : packages) {
    ABSL_ASSIGN_OR_RETURN(Package package,
                          PackageFromJson(node, inventory.layers.size()));
    inventory.packages.push_back(std::move(package));
  }
  ABSL_ASSIGN_OR_RETURN(inventory.license_refs,
                        root.StringMapOrEmpty("license_refs"));
  ABSL_ASSIGN_OR_RETURN(inventory.notes, root.StringsOrEmpty("notes"));
  return inventory;
}

}  // namespace rules_dockerfile
