#ifndef LIB_RUN_LOWER_LAYERS_H_
#define LIB_RUN_LOWER_LAYERS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/layer/file_tree.h"
#include "lib/rootfs/extract.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Layers applied in memory, with their data. Movable.
struct LowerLayers {
  FileTree tree;  // a file's `source` is the number of its layer
  std::vector<MappedFile> tars;
  // What the indexes say, files' digests and all: two of the same id have the
  // same tree and data.
  std::string id;

  std::vector<absl::string_view> contents() const;
};

// Reads layer tars and, of each, its index, base first. The first
// `image_layers` are those of an image: what only a build's snapshots have does
// not count. InvalidArgument if there is not one index for each tar.
absl::StatusOr<LowerLayers> ReadLowerLayers(
    const std::vector<std::string>& layers,
    const std::vector<std::string>& indexes, size_t image_layers = 0);

// Writes the files of `lower` into a directory: a SandboxRootfs::fill.
absl::StatusOr<SpecialOwners> FillWithLayers(const LowerLayers& lower,
                                             const DirectoryToFill& directory);

// Whether the files' data is what the indexes say: else DataLoss `layer 0: the
// data of "etc/passwd" is not what the layer's index says`.
absl::Status CheckLowerData(const LowerLayers& lower);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_LOWER_LAYERS_H_
