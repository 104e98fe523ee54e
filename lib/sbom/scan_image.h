#ifndef LIB_SBOM_SCAN_IMAGE_H_
#define LIB_SBOM_SCAN_IMAGE_H_

#include <cstdint>
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

// What a scan may take of an image that somebody made to be costly. What is
// beyond becomes a note.
struct ScanLimits {
  int names = 64;  // of a file with hard links, each of which is a location
  // Bytes that packages' lists and copyright files, which are read for each
  // package, have in all.
  int64_t details = int64_t{1} << 30;
  // Bytes in memory of all paths of packages, and of all else of them.
  int64_t paths = int64_t{256} << 20;
  int64_t texts = int64_t{256} << 20;
};

// What packages the root of an image has, all layers applied (base first), and
// which layer adds each: sets `os_…`, `packages`, `license_refs` and `notes`
// of the inventory, nothing else. What cannot be read becomes a note. An error
// only if the layers are not those of an image.
absl::StatusOr<Inventory> ScanImage(const std::vector<ScannedLayer>& layers,
                                    const ScanLimits& limits = {});

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_SCAN_IMAGE_H_
