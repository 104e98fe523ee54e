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
#include "lib/rootfs/recorded_owner.h"
#include "lib/run/kept_trees.h"
#include "lib/run/stack_part.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Layers applied in memory, with their data. Movable.
struct LowerLayers {
  FileTree tree;  // a file's `source` is the number of its layer
  std::vector<MappedFile> tars;

  std::vector<absl::string_view> contents() const;
};

// Reads layer tars and, of each, its index, base first. The first
// `image_layers` are those of an image: what only a build's snapshots have is
// ignored. InvalidArgument unless there is one index per tar. If `parts` is
// given, which PlanStack() made of the same layers, sets the trees of those
// that are not stored. `known` has the tree of the lowest layers, all in parts
// that are stored: their indexes are not read.
absl::StatusOr<LowerLayers> ReadLowerLayers(
    const std::vector<std::string>& layers,
    const std::vector<std::string>& indexes, size_t image_layers = 0,
    std::vector<StackPart>* parts = nullptr, KeptTrees::Found known = {});

// The text of etc/passwd or etc/group in `lower`, or of the file that it leads
// to; "" if there is none.
absl::StatusOr<std::string> NameDatabase(const LowerLayers& lower,
                                         const std::string& path);

// Writes the files of `lower` into a directory: a SandboxRootfs::fill.
absl::StatusOr<SpecialOwners> FillWithLayers(const LowerLayers& lower,
                                             const DirectoryToFill& directory);

// Writes the tree of one part of `lower`, as FillWithLayers().
absl::Status FillWithPart(const LowerLayers& lower, const StackPart& part,
                          OwnerStore owners, int directory_fd);

// Checks that the data of the files of `tree`, a part's or all of `lower`,
// matches the indexes: else DataLoss `layer 0: the data of "etc/passwd" does
// not match the layer's index`.
absl::Status CheckLowerData(const LowerLayers& lower, const FileTree& tree);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_LOWER_LAYERS_H_
