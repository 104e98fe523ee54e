#ifndef LIB_LAYER_LAYER_INDEX_H_
#define LIB_LAYER_LAYER_INDEX_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/layer/layer_entry.h"

namespace rules_dockerfile {

// What one layer tar holds, in tar order, and what it cannot.
// docs/design/0001_artifacts.md, "Layer tar and layer index".
struct LayerIndex {
  std::vector<LayerEntry> entries;
  // Text of etc/passwd, or of the file that it leads to, if the layer has it.
  std::optional<std::string> passwd;
  std::optional<std::string> group;  // the same of etc/group
  std::vector<SnapshotEntry> snapshot;

  friend bool operator==(const LayerIndex&, const LayerIndex&) = default;
};

// Reads an uncompressed layer tar. Paths are cleaned, whiteout names become
// whiteouts (type and path alone). InvalidArgument for what no layer may hold:
// a bare ".wh.", a whiteout of ".." or ".", a ".wh..wh." name other than the
// opaque marker, something below a whiteout, a root that is not a directory.
absl::StatusOr<LayerIndex> IndexLayer(absl::string_view layer_tar);

// The index file's text and back; Parse(ToText(x)) == x. Errors name the line:
// `layer index line 3: "size": expected a number`.
std::string LayerIndexToText(const LayerIndex& index);
absl::StatusOr<LayerIndex> ParseLayerIndex(absl::string_view text);

// The same where all of it together would need much memory: writes the text
// piece by piece; calls `visit` with the entries, one by one, and returns the
// index without them. What was read of a mapped text is no longer in memory.
absl::Status WriteLayerIndex(const LayerIndex& index, ByteSink* sink);
using LayerEntryVisitor = absl::FunctionRef<absl::Status(LayerEntry entry)>;
absl::StatusOr<LayerIndex> VisitLayerIndex(absl::string_view text,
                                           LayerEntryVisitor visit);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_LAYER_INDEX_H_
