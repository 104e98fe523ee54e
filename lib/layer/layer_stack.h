#ifndef LIB_LAYER_LAYER_STACK_H_
#define LIB_LAYER_LAYER_STACK_H_

#include <deque>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// Layer tars from files, and the tree that results from applying them.
class LayerStack {
 public:
  // `paths` base first; a compressed layer is decompressed into memory. Errors
  // name the layer.
  static absl::StatusOr<LayerStack> Open(const std::vector<std::string>& paths);

  // Each file's `source` is the number of its layer.
  const FileTree& tree() const { return tree_; }

  // The uncompressed tars; they live as long as this object.
  const std::vector<absl::string_view>& tars() const { return tars_; }

 private:
  FileTree tree_;
  std::vector<absl::string_view> tars_;
  std::deque<MappedFile> files_;
  std::deque<std::string> decompressed_;
};

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_LAYER_STACK_H_
