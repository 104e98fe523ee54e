#ifndef LIB_SBOM_SCAN_IMAGE_H_
#define LIB_SBOM_SCAN_IMAGE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/layer/layer_index.h"
#include "lib/sbom/inventory.h"

namespace rules_dockerfile {

// A layer to scan, with its index, but not what the image does not have
// (LayerIndex::snapshot). The tar must outlive the scan.
struct ScannedLayer {
  LayerIndex index;
  absl::string_view tar;
};

// What packages the root of an image has, all layers applied (base first), and
// which layer brought each: sets `os_…`, `packages`, `license_refs` and `notes`
// of the inventory, nothing else. What cannot be read becomes a note. An error
// only if the layers are not those of an image.
absl::StatusOr<Inventory> ScanImage(const std::vector<ScannedLayer>& layers);

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_SCAN_IMAGE_H_
