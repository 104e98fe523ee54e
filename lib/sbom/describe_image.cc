#include "lib/sbom/describe_image.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/digest/digest.h"
#include "lib/layer/file_tree.h"
#include "lib/oci/image_config.h"
#include "lib/platform/platform.h"
#include "lib/sbom/image_root.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/sha1.h"

namespace rules_dockerfile {
namespace {

// SPDX 2.3, 6.9: UTC, whole seconds.
std::string CreationTime(const std::string& created) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, created, &time, &error)) {
    time = absl::UnixEpoch();
  }
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

absl::Status SetOrigin(absl::string_view origin, InventoryLayer& layer) {
  const size_t colon = origin.rfind(':');
  if (colon == origin.npos || colon == 0 ||
      !absl::SimpleAtoi(origin.substr(colon + 1), &layer.line) ||
      layer.line <= 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("origin \"", origin,
                     "\": expected the path of a Dockerfile, \":\" "
                     "and a line"));
  }
  layer.dockerfile = std::string(origin.substr(0, colon));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<InventoryLayer>> LayersOf(
    const DescribedImage& image) {
  const size_t count = image.layers.size();
  if (image.descriptors.size() != count ||
      image.config.diff_ids.size() != count || image.origins.size() > count) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected ", image.config.diff_ids.size(), " layers, as the config, ",
        "got ", count, " with ", image.descriptors.size(), " descriptors and ",
        image.origins.size(), " origins"));
  }
  std::vector<InventoryLayer> layers;
  for (const HistoryEntry& entry : WithCompleteHistory(image.config).history) {
    if (entry.empty_layer || layers.size() == count) continue;
    const LayerDescriptor& descriptor = image.descriptors[layers.size()];
    layers.push_back({.diff_id = image.config.diff_ids[layers.size()],
                      .digest = descriptor.blob.digest,
                      .created_by = entry.created_by});
  }
  const size_t of_base = count - image.origins.size();
  for (size_t i = 0; i < image.origins.size(); ++i) {
    ABSL_RETURN_IF_ERROR(SetOrigin(image.origins[i], layers.at(of_base + i)));
  }
  return layers;
}

}  // namespace

absl::StatusOr<Inventory> DescribeImage(const DescribedImage& image) {
  ABSL_ASSIGN_OR_RETURN(std::vector<InventoryLayer> layers, LayersOf(image));
  ABSL_ASSIGN_OR_RETURN(Inventory inventory, ScanImage(image.layers));
  inventory.layers = std::move(layers);
  inventory.image = image.digest;
  inventory.name = image.name;
  inventory.created = CreationTime(image.config.created);
  inventory.platform = PlatformText(image.config.platform);
  return inventory;
}

absl::StatusOr<std::vector<SbomFile>> DigestFiles(
    const std::vector<ScannedLayer>& layers) {
  FileTree tree;
  std::vector<absl::string_view> tars;
  for (const ScannedLayer& layer : layers) {
    const int number = static_cast<int>(tars.size());
    ABSL_RETURN_IF_ERROR(tree.AddLayer(layer.index, number));
    tars.push_back(layer.tar);
  }
  std::vector<SbomFile> files;
  for (const auto& [path, node] : tree.nodes()) {
    if (node.type != LayerEntryType::kFile) continue;
    ABSL_ASSIGN_OR_RETURN(
        const absl::string_view data,
        FileBytes(node, tars, path, std::numeric_limits<int64_t>::max()));
    files.push_back({.path = path,
                     .sha1 = Sha1Hex(data),
                     .sha256 = std::string(DigestHex(node.digest.ToString())),
                     .layer = node.source});
  }
  std::sort(
      files.begin(), files.end(),
      [](const SbomFile& a, const SbomFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace rules_dockerfile
