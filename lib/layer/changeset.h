#ifndef LIB_LAYER_CHANGESET_H_
#define LIB_LAYER_CHANGESET_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/byte_sink.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {

// Appends the data of a kFile node (node.size bytes) to the sink.
using FileDataReader =
    std::function<absl::Status(const FileNode& node, ByteSink* sink)>;

// The data of a kFile node, whose `source` is a number in the list of
// uncompressed layer tars. InvalidArgument if the tar is too short.
absl::StatusOr<absl::string_view> DataInLayers(
    const FileNode& node, absl::Span<const absl::string_view> layer_tars);

// Reads DataInLayers(); borrows the tars.
FileDataReader ReadFromLayers(std::vector<absl::string_view> layer_tars);

// The mode of a kFile node with `mode_of_data`.
using FileModeReader =
    std::function<absl::StatusOr<uint32_t>(const FileNode& node)>;

struct ChangesetOptions {
  // Modification times above it are written as it (SOURCE_DATE_EPOCH).
  int64_t epoch = 0;
  // Needed if there are such nodes. The data is read right after the mode.
  FileModeReader mode_of = nullptr;
};

// Writes the layer tar that turns `lower` into `upper`, and returns its index.
// This is the one place that decides what enters a layer; COPY, ADD, WORKDIR,
// RUN and `layer_diff` all come here. The rules are those of BuildKit's differ
// (docs/layer_format.md):
//  - a path missing in `lower` is added; one missing in `upper` becomes a
//    whiteout of its topmost deleted path (mode 0, 0:0, mtime 0), never an
//    opaque marker;
//  - a non-directory is changed if type, mode, owner, device, capability, size,
//    mtime, data or link target differ; a directory only if mode, owner or
//    capability differ;
//  - parents of what is written are written before it, with their metadata in
//    `upper`; the root never is;
//  - the first written name of a file with several is the file, the others
//    hard links; a link to a file that is not written is a full copy;
//  - of the xattrs only security.capability is written.
// What `upper` has besides is in LayerIndex::snapshot.
// Mtimes are compared as they are and clamped when written. A file's digest is
// taken from its node, or computed if that has none.
// InvalidArgument `file name "a/.wh.b" cannot be stored in a layer: the prefix
// ".wh." marks deletions` if `upper` adds such a name.
absl::StatusOr<LayerIndex> WriteChangeset(const FileTree& lower,
                                          const FileTree& upper,
                                          const FileDataReader& read_data,
                                          const ChangesetOptions& options,
                                          ByteSink* sink);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_CHANGESET_H_
