#include "lib/explore/image_packages.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"

namespace rules_dockerfile {
namespace {

absl::StatusOr<int64_t> IntegerOrZero(const JsonNode& node,
                                      absl::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> member, node.Find(key));
  if (!member.has_value()) return 0;
  return member->AsInteger();
}

absl::StatusOr<ImagePackage> ParsePackage(const JsonNode& node) {
  ImagePackage package;
  ABSL_ASSIGN_OR_RETURN(package.ecosystem, node.StringAt("ecosystem"));
  ABSL_ASSIGN_OR_RETURN(package.name, node.StringAt("name"));
  ABSL_ASSIGN_OR_RETURN(package.version, node.StringOrEmpty("version"));
  ABSL_ASSIGN_OR_RETURN(package.licenses, node.StringsOrEmpty("licenses"));
  ABSL_ASSIGN_OR_RETURN(const int64_t layer, IntegerOrZero(node, "layer"));
  package.layer = static_cast<int>(layer);
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> files,
                        node.StringsOrEmpty("files"));
  package.files = static_cast<int64_t>(files.size());
  ABSL_ASSIGN_OR_RETURN(package.size, IntegerOrZero(node, "size"));
  return package;
}

}  // namespace

absl::StatusOr<ImagePackages> ParseImagePackages(absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  const JsonNode root(json);
  ImagePackages image;
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> os, root.Find("os"));
  if (os.has_value()) {
    ABSL_ASSIGN_OR_RETURN(image.os_name, os->StringOrEmpty("pretty_name"));
  }
  ABSL_ASSIGN_OR_RETURN(image.notes, root.StringsOrEmpty("notes"));
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> list,
                        root.Find("packages"));
  if (!list.has_value()) return image;
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> nodes, list->AsArray());
  for (const JsonNode& node : nodes) {
    ABSL_ASSIGN_OR_RETURN(ImagePackage package, ParsePackage(node));
    image.packages.push_back(std::move(package));
  }
  std::stable_sort(image.packages.begin(), image.packages.end(),
                   [](const ImagePackage& a, const ImagePackage& b) {
                     return a.size > b.size;
                   });
  return image;
}

}  // namespace rules_dockerfile
