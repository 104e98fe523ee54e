#ifndef LIB_LAYER_LAYER_WASTE_H_
#define LIB_LAYER_LAYER_WASTE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rules_dockerfile {

// The data of a file that a layer stores and the image does not show.
struct WastedFile {
  std::string path;  // as its layer has it
  int64_t size = 0;
  int layer = 0;  // the layer that stores it, from 0
  // The layer that replaced or removed it: above `layer`, or `layer` itself if
  // its tar has the path twice.
  int by_layer = 0;
  bool removed = false;

  friend bool operator==(const WastedFile&, const WastedFile&) = default;
};

struct LayerWaste {
  // Largest first; files of one size by layer, then in the order of its tar.
  std::vector<WastedFile> files;
  int64_t size = 0;  // of all of them

  friend bool operator==(const LayerWaste&, const LayerWaste&) = default;
};

// Returns the bytes of an image that its layers store for nothing, from the
// texts of the layers' indexes (docs/design/0001_artifacts.md), base first. A
// file counts as shown as long as one of its hard links is. Empty files, and
// what tar adds to the data of a file, do not count. Errors name the layer.
absl::StatusOr<LayerWaste> FindLayerWaste(
    absl::Span<const absl::string_view> indexes);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_LAYER_WASTE_H_
