#ifndef LIB_LAYER_TREE_PAIR_H_
#define LIB_LAYER_TREE_PAIR_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// A path of two trees, and the node that each has there: nullptr is none.
struct NodePair {
  absl::string_view path;
  const FileNode* before = nullptr;
  const FileNode* after = nullptr;
};

// Calls `visit` for each path at which the trees differ, in the order of their
// nodes, until it fails. It may be called for paths at which they are equal:
// for all that are in one of the trees, unless one tree is a changed copy of
// the other, or both of a third. Then what this costs depends only on the
// changes.
absl::Status VisitDifferences(
    const FileTree& before, const FileTree& after,
    absl::FunctionRef<absl::Status(const NodePair& pair)> visit);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_TREE_PAIR_H_
