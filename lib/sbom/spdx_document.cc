#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/license.h"
#include "lib/sbom/purl.h"
#include "lib/sbom/sbom_document.h"
#include "lib/sbom/sha1.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

constexpr char kNoAssertion[] = "NOASSERTION";
constexpr char kImageId[] = "SPDXRef-Image";

// SPDX 2.3, 7.2: letters, digits, "." and "-". The number makes it unique.
std::string PackageId(const Package& package, size_t number) {
  std::string id =
      absl::StrCat("SPDXRef-Package-", number, "-", package.ecosystem, "-");
  for (const char c : package.name) {
    const bool allowed =
        absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.';
    id.push_back(allowed ? c : '-');
  }
  return id;
}

std::string LayerId(size_t number) {
  return absl::StrCat("SPDXRef-Layer-", number);
}

std::string FileId(size_t number) {
  return absl::StrCat("SPDXRef-File-", number);
}

Json Relationship(absl::string_view from, absl::string_view type,
                  absl::string_view to) {
  return {{"spdxElementId", from},
          {"relationshipType", type},
          {"relatedSpdxElement", to}};
}

Json Checksum(absl::string_view algorithm, absl::string_view hex) {
  return {{"algorithm", algorithm}, {"checksumValue", hex}};
}

Json PurlReference(absl::string_view purl) {
  return Json::array({{{"referenceCategory", "PACKAGE-MANAGER"},
                       {"referenceType", "purl"},
                       {"referenceLocator", purl}}});
}

// SPDX 2.3, 7.5: "Person: NAME (MAIL)" or "Organization: NAME".
std::string Supplier(const std::string& supplier) {
  if (supplier.empty()) return kNoAssertion;
  static const RE2& pattern = *new RE2("(?s)\\s*(.*?)\\s*<([^<>]*)>\\s*");
  std::string name, mail;
  if (!RE2::FullMatch(supplier, pattern, &name, &mail)) {
    return absl::StrCat("Organization: ", supplier);
  }
  return absl::StrCat("Person: ", name, " (", mail, ")");
}

// All of the expressions, together.
std::string DeclaredLicense(const std::vector<std::string>& licenses) {
  if (licenses.empty()) return kNoAssertion;
  License all = {.kind = License::Kind::kAnd};
  for (const std::string& license : licenses) {
    all.operands.push_back(ParseLicenseText(license));
  }
  return LicenseText(all.operands.size() == 1 ? all.operands[0] : all);
}

// What every package must have (SPDX 2.3, clause 7).
Json PackageBase(absl::string_view id, absl::string_view name) {
  return {{"name", name},
          {"SPDXID", id},
          {"downloadLocation", kNoAssertion},
          {"filesAnalyzed", false},
          {"licenseConcluded", kNoAssertion},
          {"copyrightText", kNoAssertion}};
}

// The files of a package, if the document has them (SPDX 2.3, 7.8 and 7.9).
void AddFiles(const std::vector<SbomFile>& files,
              const std::vector<size_t>& files_of_package, Json& json) {
  if (files_of_package.empty()) return;
  std::vector<std::string> sums;
  for (const size_t file : files_of_package) sums.push_back(files[file].sha1);
  std::sort(sums.begin(), sums.end());
  json["filesAnalyzed"] = true;
  json["packageVerificationCode"]["packageVerificationCodeValue"] =
      Sha1Hex(absl::StrJoin(sums, ""));
}

Json ImagePackage(const Inventory& inventory) {
  Json json = PackageBase(kImageId, inventory.name);
  json["versionInfo"] = inventory.image;
  json["primaryPackagePurpose"] = "CONTAINER";
  json["licenseDeclared"] = kNoAssertion;
  json["checksums"] =
      Json::array({Checksum("SHA256", DigestHex(inventory.image))});
  const absl::string_view platform = inventory.platform;
  json["externalRefs"] =
      PurlReference(ImagePurl(inventory.name, inventory.image,
                              platform.substr(platform.find('/') + 1)));
  return json;
}

Json LayerPackage(const InventoryLayer& layer, size_t number) {
  Json json = PackageBase(LayerId(number), layer.digest);
  json["licenseDeclared"] = kNoAssertion;
  json["checksums"] =
      Json::array({Checksum("SHA256", DigestHex(layer.digest))});
  json["sourceInfo"] = LayerOrigin(layer);
  json["comment"] = absl::StrCat("layer ", number, ", diff_id ", layer.diff_id);
  return json;
}

Json PackagePackage(const Inventory& inventory, size_t number) {
  const Package& package = inventory.packages[number];
  const InventoryLayer& layer = inventory.layers[package.layer];
  Json json = PackageBase(PackageId(package, number), package.name);
  if (!package.version.empty()) json["versionInfo"] = package.version;
  json["supplier"] = Supplier(package.supplier);
  json["licenseDeclared"] = DeclaredLicense(package.licenses);
  json["sourceInfo"] = absl::StrCat(
      "found in /", package.location,
      package.source.empty() ? "" : ", source package ", package.source);
  json["comment"] = absl::StrCat("layer ", package.layer, ", diff_id ",
                                 layer.diff_id, ", ", LayerOrigin(layer));
  if (!package.purl.empty()) json["externalRefs"] = PurlReference(package.purl);
  return json;
}

Json FileToJson(const SbomFile& file, size_t number) {
  return {{"fileName", absl::StrCat("./", file.path)},
          {"SPDXID", FileId(number)},
          {"checksums", Json::array({Checksum("SHA1", file.sha1),
                                     Checksum("SHA256", file.sha256)})},
          {"licenseConcluded", kNoAssertion},
          {"copyrightText", kNoAssertion}};
}

Json Relationships(const Inventory& inventory, const FilesOf& files_of,
                   const std::vector<SbomFile>& files) {
  Json json = Json::array();
  json.push_back(Relationship("SPDXRef-DOCUMENT", "DESCRIBES", kImageId));
  for (size_t i = 0; i < inventory.layers.size(); ++i) {
    json.push_back(Relationship(kImageId, "CONTAINS", LayerId(i)));
  }
  for (size_t i = 0; i < inventory.packages.size(); ++i) {
    const Package& package = inventory.packages[i];
    const std::string id = PackageId(package, i);
    json.push_back(Relationship(LayerId(package.layer), "CONTAINS", id));
    for (const size_t file : files_of.packages[i]) {
      json.push_back(Relationship(id, "CONTAINS", FileId(file)));
    }
  }
  for (size_t i = 0; i < inventory.layers.size(); ++i) {
    for (const size_t file : files_of.layers[i]) {
      json.push_back(Relationship(LayerId(i), "CONTAINS", FileId(file)));
    }
  }
  return json;
}

Json ExtractedLicenses(const Inventory& inventory) {
  Json json = Json::array();
  for (const auto& [id, text] : inventory.license_refs) {
    json.push_back(
        {{"licenseId", id}, {"name", text}, {"extractedText", text}});
  }
  return json;
}

Json CreationInfo(const Inventory& inventory) {
  Json json = {{"created", inventory.created},
               {"creators", Json::array({"Tool: rules_dockerfile"})}};
  if (!inventory.notes.empty()) {
    json["comment"] =
        absl::StrCat("not read:\n", absl::StrJoin(inventory.notes, "\n"));
  }
  return json;
}

}  // namespace

std::string SpdxDocument(const Inventory& inventory,
                         const std::vector<SbomFile>& files) {
  Json json = {{"spdxVersion", "SPDX-2.3"},
               {"dataLicense", "CC0-1.0"},
               {"SPDXID", "SPDXRef-DOCUMENT"},
               {"name", inventory.name},
               {"documentNamespace", ""},
               {"creationInfo", CreationInfo(inventory)}};
  const FilesOf files_of = FilesByOwner(inventory, files);
  Json& packages = json["packages"] = Json::array({ImagePackage(inventory)});
  for (size_t i = 0; i < inventory.layers.size(); ++i) {
    packages.push_back(LayerPackage(inventory.layers[i], i));
    AddFiles(files, files_of.layers[i], packages.back());
  }
  for (size_t i = 0; i < inventory.packages.size(); ++i) {
    packages.push_back(PackagePackage(inventory, i));
    AddFiles(files, files_of.packages[i], packages.back());
  }
  if (!files.empty()) {
    json["files"] = Json::array();
    for (size_t i = 0; i < files.size(); ++i) {
      json["files"].push_back(FileToJson(files[i], i));
    }
  }
  json["relationships"] = Relationships(inventory, files_of, files);
  if (!inventory.license_refs.empty()) {
    json["hasExtractedLicensingInfos"] = ExtractedLicenses(inventory);
  }
  json["documentNamespace"] =
      absl::StrCat("https://spdx.org/spdxdocs/rules_dockerfile-",
                   DigestHex(DigestOf(JsonText(json))));
  return JsonText(json);
}

}  // namespace rules_dockerfile
