#ifndef LIB_COPY_COPY_STEP_TESTING_H_
#define LIB_COPY_COPY_STEP_TESTING_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/copy/data_store.h"
#include "lib/copy/step_trees.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {

// The tree of a spec (lib/testing/tree_spec.h) whose data is in `store`.
FileTree StoredTree(absl::string_view spec, DataStore* store);

// A layer's entries, one a line: `d/ 0755 0:0 @5`, `f 0644 0:0 @5 = data`,
// `l 0777 0:0 @5 -> target`, `h 0644 0:0 @5 => f`, `!deleted`.
std::string LayerText(const LayerIndex& index, absl::string_view tar);

// The text of the layer between the trees, or the error that making it gave.
std::string LayerOrError(const absl::StatusOr<StepTrees>& trees, int64_t epoch,
                         DataStore* store);

}  // namespace rules_dockerfile

#endif  // LIB_COPY_COPY_STEP_TESTING_H_
