#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/json/json.h"
#include "lib/layer/file_tree.h"
#include "lib/sbom/image_root.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/package_readers.h"

namespace rules_dockerfile {
namespace {

// The text of a member; "" if it has another type or is missing.
std::string TextAt(const Json& json, const char* key) {
  if (!json.is_object()) return "";
  const auto member = json.find(key);
  if (member == json.end() || !member->is_string()) return "";
  return member->get<std::string>();
}

// npm, "package.json", "license": a name; in old packages {"type": …} or a list
// of those.
std::vector<std::string> LicensesOf(const Json& json) {
  std::vector<std::string> licenses;
  for (const char* key : {"license", "licenses"}) {
    const auto member = json.find(key);
    if (member == json.end()) continue;
    const Json list = member->is_array() ? *member : Json::array({*member});
    for (const Json& license : list) {
      std::string name = license.is_string() ? license.get<std::string>()
                                             : TextAt(license, "type");
      if (!name.empty()) licenses.push_back(std::move(name));
    }
  }
  return licenses;
}

std::string AuthorOf(const Json& json) {
  const auto author = json.find("author");
  if (author == json.end()) return "";
  if (author->is_string()) return author->get<std::string>();
  const std::string email = TextAt(*author, "email");
  return absl::StrCat(TextAt(*author, "name"),
                      email.empty() ? "" : absl::StrCat(" <", email, ">"));
}

}  // namespace

absl::StatusOr<std::vector<Package>> ReadNodePackage(absl::string_view data,
                                                     absl::string_view) {
  std::vector<Package> packages;
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(data));
  if (!json.is_object()) return packages;
  Package package = {.ecosystem = "npm",
                     .name = TextAt(json, "name"),
                     .version = TextAt(json, "version"),
                     .supplier = AuthorOf(json),
                     .licenses = LicensesOf(json)};
  // A package.json without them only says how to load the files beside it.
  if (!package.name.empty() && !package.version.empty()) {
    packages.push_back(std::move(package));
  }
  return packages;
}

void AddNodeFiles(const ImageRoot& root, Package& package) {
  const absl::string_view directory =
      absl::string_view(package.location)
          .substr(0, package.location.rfind('/') + 1);
  const std::string nested = absl::StrCat(directory, "node_modules");
  // After all paths below it: a name has at most 255 bytes.
  const std::string past = absl::StrCat(nested, "/", std::string(256, '\xff'));
  const NodeMap& nodes = root.tree().nodes();
  auto node = nodes.upper_bound(directory.substr(0, directory.size() - 1));
  while (node != nodes.end() && absl::StartsWith(node->first, directory)) {
    if (node->first == nested) {
      node = nodes.lower_bound(past);
      continue;
    }
    if (node->second.type != LayerEntryType::kDirectory) {
      package.files.push_back(node->first);
    }
    ++node;
  }
}

}  // namespace rules_dockerfile
