#include "lib/oci/provenance.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/digest/digest.h"
#include "lib/http/transport.h"
#include "lib/json/json.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

// The page that defines the fields is in the module itself.
constexpr absl::string_view kBuildType =
    "pkg:bazel/rules_dockerfile#docs/supply_chain.md";
constexpr absl::string_view kBuilder = "pkg:bazel/rules_dockerfile";

Json DigestSet(absl::string_view digest) {
  return {{"sha256", std::string(DigestHex(digest))}};
}

Json MaterialJson(const Material& material) {
  Json json = Json::object();
  if (!material.name.empty()) json["name"] = material.name;
  if (!material.uri.empty()) json["uri"] = material.uri;
  json["digest"] = material.digest;
  return json;
}

Json ExternalParameters(const BuildRecord& record) {
  Json json = Json::object();
  json["dockerfile"]["path"] = record.dockerfile;
  json["dockerfile"]["digest"] = DigestSet(record.dockerfile_digest);
  json["target"] = record.target;
  json["platform"] = record.platform;
  json["network"] = record.network;
  json["buildArgs"] = record.build_args;
  return json;
}

// `text` percent-encoded for a package URL, where ":" stays.
std::string PurlEncode(absl::string_view text) {
  return absl::StrReplaceAll(UrlEncode(text), {{"%3A", ":"}});
}

// A path as sha256sum prints it; `mark` is what it puts before such a line.
std::string EscapedPath(absl::string_view path, std::string& mark) {
  if (path.find_first_of("\\\n\r") == path.npos) return std::string(path);
  mark = "\\";
  return absl::StrReplaceAll(path,
                             {{"\\", "\\\\"}, {"\n", "\\n"}, {"\r", "\\r"}});
}

}  // namespace

Json ProvenancePredicate(const BuildRecord& record) {
  const std::set<Material> materials(record.materials.begin(),
                                     record.materials.end());
  Json json = Json::object();
  Json& definition = json["buildDefinition"];
  definition["buildType"] = kBuildType;
  definition["externalParameters"] = ExternalParameters(record);
  definition["resolvedDependencies"] = Json::array();
  for (const Material& material : materials) {
    definition["resolvedDependencies"].push_back(MaterialJson(material));
  }
  Json& builder = json["runDetails"]["builder"];
  builder["id"] = kBuilder;
  builder["version"]["rules_dockerfile"] = record.version;
  return json;
}

std::string ImagePurl(const ImageReference& reference,
                      absl::string_view platform) {
  const std::vector<std::string> parts =
      absl::StrSplit(FamiliarText({.registry = reference.registry,
                                   .repository = reference.repository}),
                     '/');
  std::string purl = absl::StrCat(
      "pkg:docker/",
      absl::StrJoin(parts, "/", [](std::string* out, const std::string& part) {
        absl::StrAppend(out, PurlEncode(part));
      }));
  if (!reference.tag.empty()) absl::StrAppend(&purl, "@", reference.tag);
  std::vector<std::string> qualifiers;
  if (!reference.digest.empty()) {
    qualifiers.push_back(absl::StrCat("digest=", reference.digest));
  }
  if (!platform.empty()) {
    qualifiers.push_back(absl::StrCat("platform=", PurlEncode(platform)));
  }
  if (qualifiers.empty()) return purl;
  return absl::StrCat(purl, "?", absl::StrJoin(qualifiers, "&"));
}

std::string DirectoryHash(const std::map<std::string, std::string>& files) {
  std::string lines;
  for (const auto& [path, hex] : files) {
    std::string mark;
    const std::string escaped = EscapedPath(path, mark);
    absl::StrAppend(&lines, mark, hex, "  ", escaped, "\n");
  }
  return std::string(DigestHex(DigestOf(lines)));
}

}  // namespace rules_dockerfile
