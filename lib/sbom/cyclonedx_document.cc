#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/license.h"
#include "lib/sbom/purl.h"
#include "lib/sbom/sbom_document.h"

namespace rules_dockerfile {
namespace {

// The name of a property of ours.
constexpr absl::string_view kProperty = "rules_dockerfile:";

Json Property(absl::string_view name, absl::string_view value) {
  return {{"name", absl::StrCat(kProperty, name)}, {"value", value}};
}

Json Hash(absl::string_view algorithm, absl::string_view hex) {
  return {{"alg", algorithm}, {"content", hex}};
}

Json LayerProperties(const Inventory& inventory, int number) {
  const InventoryLayer& layer = inventory.layers[number];
  Json json = Json::array({Property("layer", absl::StrCat(number)),
                           Property("layer:diff_id", layer.diff_id),
                           Property("layer:digest", layer.digest)});
  if (!layer.created_by.empty()) {
    json.push_back(Property("layer:created_by", layer.created_by));
  }
  if (layer.line != 0) {
    json.push_back(Property("dockerfile",
                            absl::StrCat(layer.dockerfile, ":", layer.line)));
  }
  return json;
}

bool IsOneLicense(const std::string& license) {
  const License parsed = ParseLicenseText(license);
  return parsed.kind == License::Kind::kId &&
         !absl::StrContains(parsed.id, ' ');
}

// Names and identifiers one by one, or all in one expression, as the schema
// demands.
Json Licenses(const Inventory& inventory,
              const std::vector<std::string>& licenses) {
  Json json = Json::array();
  if (!absl::c_all_of(licenses, IsOneLicense)) {
    License all = {.kind = License::Kind::kAnd};
    for (const std::string& license : licenses) {
      all.operands.push_back(ParseLicenseText(license));
    }
    json.push_back(
        {{"expression",
          LicenseText(licenses.size() == 1 ? all.operands[0] : all)}});
    return json;
  }
  for (const std::string& license : licenses) {
    const auto ref = inventory.license_refs.find(license);
    const bool is_listed = !SpdxLicenseId(license).empty();
    json.push_back(
        {{"license", is_listed
                         ? Json{{"id", license}}
                         : Json{{"name", ref == inventory.license_refs.end()
                                             ? license
                                             : ref->second}}}});
  }
  return json;
}

Json FileComponent(const SbomFile& file, size_t number) {
  return {{"type", "file"},
          {"bom-ref", absl::StrCat("file-", number)},
          {"name", absl::StrCat("/", file.path)},
          {"hashes", Json::array({Hash("SHA-1", file.sha1),
                                  Hash("SHA-256", file.sha256)})}};
}

// A name without the part that has its own field.
std::pair<std::string, std::string> GroupAndName(const Package& package) {
  const char separator = package.ecosystem == "maven" ? ':' : '/';
  const size_t at = package.name.rfind(separator);
  const bool has_group =
      (package.ecosystem == "maven" || package.ecosystem == "npm") &&
      at != package.name.npos;
  if (!has_group) return {"", package.name};
  return {package.name.substr(0, at), package.name.substr(at + 1)};
}

Json PackageComponent(const Inventory& inventory, size_t number) {
  const Package& package = inventory.packages[number];
  const auto [group, name] = GroupAndName(package);
  Json json = {{"type", "library"},
               {"bom-ref", absl::StrCat("package-", number)}};
  if (!package.supplier.empty()) {
    json["supplier"] = {{"name", package.supplier}};
  }
  if (!group.empty()) json["group"] = group;
  json["name"] = name;
  if (!package.version.empty()) json["version"] = package.version;
  if (!package.licenses.empty()) {
    json["licenses"] = Licenses(inventory, package.licenses);
  }
  if (!package.purl.empty()) json["purl"] = package.purl;
  json["properties"] = LayerProperties(inventory, package.layer);
  if (!package.source.empty()) {
    json["properties"].push_back(Property("source", package.source));
  }
  json["evidence"]["occurrences"] =
      Json::array({{{"location", absl::StrCat("/", package.location)}}});
  return json;
}

Json Metadata(const Inventory& inventory) {
  const absl::string_view platform = inventory.platform;
  Json tool = {{"type", "application"}, {"name", "rules_dockerfile"}};
  Json image = {
      {"type", "container"},
      {"bom-ref", "image"},
      {"name", inventory.name},
      {"version", inventory.image},
      {"hashes", Json::array({Hash("SHA-256", DigestHex(inventory.image))})},
      {"purl", ImagePurl(inventory.name, inventory.image,
                         platform.substr(platform.find('/') + 1))}};
  Json json = {{"timestamp", inventory.created},
               {"tools", {{"components", Json::array({std::move(tool)})}}},
               {"component", std::move(image)}};
  if (inventory.notes.empty()) return json;
  json["properties"] = Json::array();
  for (const std::string& note : inventory.notes) {
    json["properties"].push_back(Property("not_read", note));
  }
  return json;
}

Json SystemComponent(const Inventory& inventory) {
  Json json = {{"type", "operating-system"},
               {"bom-ref", "operating-system"},
               {"name", inventory.os_id}};
  if (!inventory.os_version.empty()) json["version"] = inventory.os_version;
  if (!inventory.os_name.empty()) json["description"] = inventory.os_name;
  return json;
}

// RFC 9562, section 5.8.
std::string UuidOf(absl::string_view bytes) {
  std::string hex(DigestHex(DigestOf(bytes)).substr(0, 32));
  hex[12] = '8';
  hex[16] = "89ab"[hex[16] % 4];
  const absl::string_view view = hex;
  return absl::StrJoin(
      {view.substr(0, 8), view.substr(8, 4), view.substr(12, 4),
       view.substr(16, 4), view.substr(20)},
      "-");
}

}  // namespace

FilesOf FilesByOwner(const Inventory& inventory,
                     const std::vector<SbomFile>& files) {
  FilesOf owners;
  owners.packages.resize(inventory.packages.size());
  owners.layers.resize(inventory.layers.size());
  std::vector<bool> is_owned(files.size());
  for (size_t i = 0; i < inventory.packages.size() && !files.empty(); ++i) {
    for (const std::string& path : inventory.packages[i].files) {
      const auto file = absl::c_lower_bound(
          files, path, [](const SbomFile& file, const std::string& path) {
            return file.path < path;
          });
      if (file == files.end() || file->path != path) continue;
      const size_t number = file - files.begin();
      owners.packages[i].push_back(number);
      is_owned[number] = true;
    }
  }
  for (size_t number = 0; number < files.size(); ++number) {
    if (is_owned[number]) continue;
    owners.layers[files[number].layer].push_back(number);
  }
  return owners;
}

std::string CycloneDxDocument(const Inventory& inventory,
                              const std::vector<SbomFile>& files) {
  Json json = {{"$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json"},
               {"bomFormat", "CycloneDX"},
               {"specVersion", "1.6"},
               {"serialNumber", ""},
               {"version", 1},
               {"metadata", Metadata(inventory)},
               {"components", Json::array()}};
  Json& components = json["components"];
  if (!inventory.os_id.empty())
    components.push_back(SystemComponent(inventory));
  const FilesOf files_of = FilesByOwner(inventory, files);
  std::vector<bool> is_listed(files.size());
  for (size_t i = 0; i < inventory.packages.size(); ++i) {
    Json component = PackageComponent(inventory, i);
    for (const size_t file : files_of.packages[i]) {
      if (is_listed[file]) continue;  // a reference may only be used once
      is_listed[file] = true;
      component["components"].push_back(FileComponent(files[file], file));
    }
    components.push_back(std::move(component));
  }
  for (size_t i = 0; i < inventory.layers.size(); ++i) {
    for (const size_t file : files_of.layers[i]) {
      components.push_back(FileComponent(files[file], file));
      components.back()["properties"] =
          LayerProperties(inventory, static_cast<int>(i));
    }
  }
  json["serialNumber"] = absl::StrCat("urn:uuid:", UuidOf(JsonText(json)));
  return JsonText(json);
}

}  // namespace rules_dockerfile
