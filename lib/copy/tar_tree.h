#ifndef LIB_COPY_TAR_TREE_H_
#define LIB_COPY_TAR_TREE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// The files of a tar archive as a build context: all owned by 0:0, names with
// a ".wh." prefix are ordinary files. File nodes get `source` and the offset of
// their data, no digest.
absl::StatusOr<FileTree> ReadTarTree(absl::string_view archive, int source);

}  // namespace rules_dockerfile

#endif  // LIB_COPY_TAR_TREE_H_
