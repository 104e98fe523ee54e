#ifndef LIB_LAYER_LAYER_WASTE_H_
#define LIB_LAYER_LAYER_WASTE_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {

// The data of a file that a layer stores and the image does not show. A file
// counts as shown as long as one of its hard links is, so it is the layer that
// took the last of them that hides it.
struct WastedFile {
  // In the root, through the symlinks of its parents: the name that was taken
  // last, of several the first in tree order.
  std::string path;
  int64_t size = 0;
  int layer = 0;  // the layer that stores it, from 0
  // The layer that replaced or removed it: above `layer`, or `layer` itself if
  // a later entry of its tar did.
  int by_layer = 0;
  bool removed = false;

  friend bool operator==(const WastedFile&, const WastedFile&) = default;
};

struct LayerWaste {
  // Largest first; files of one size by path, then by layer.
  std::vector<WastedFile> files;
  int64_t size = 0;  // of all of them

  friend bool operator==(const LayerWaste&, const LayerWaste&) = default;
};

// Finds the bytes of an image that its layers store for nothing, for a caller
// that applies the layers to a FileTree itself. Empty files, and what tar adds
// to the data of a file, do not count.
class WasteFinder {
 public:
  // To be called for each layer, base first. `number` is the `source` that
  // FileTree::AddLayer() was given with `layer`, `before` and `after` are the
  // trees below and with the layer, `changes` is what it changed.
  void AddLayer(const LayerIndex& layer, int number, const FileTree& before,
                const FileTree& after, const FileTree::Changes& changes);

  // The waste of an image that has this root after all layers.
  LayerWaste WasteOf(const FileTree& image) const;

 private:
  // Of each file with data, by its layer and place in the tar, the last layer
  // that took one of its names. It is waste if no name is left.
  std::map<std::pair<int, int64_t>, WastedFile> files_;
};

// The same from the texts of the layers' indexes
// (docs/design/0001_artifacts.md), base first. Errors name the layer.
absl::StatusOr<LayerWaste> FindLayerWaste(
    absl::Span<const absl::string_view> indexes);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_LAYER_WASTE_H_
