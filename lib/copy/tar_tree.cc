#include "lib/copy/tar_tree.h"

#include <optional>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/tar_layer_entry.h"
#include "lib/tar/entry.h"
#include "lib/tar/reader.h"

namespace rules_dockerfile {

absl::StatusOr<FileTree> ReadTarTree(absl::string_view archive, int source) {
  LayerIndex index;
  TarReader reader(archive);
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<TarMember> member, reader.Next());
    if (!member.has_value()) break;
    const TarEntry& entry = member->entry;
    if (entry.path.empty()) continue;  // as Docker does
    LayerEntry file = LayerEntryOf(entry, CleanTarPath(entry.path));
    file.uid = 0;
    file.gid = 0;
    file.offset = member->offset;
    index.entries.push_back(std::move(file));
  }
  FileTree tree;
  ABSL_RETURN_IF_ERROR(tree.AddLayer(index, source));
  return tree;
}

}  // namespace rules_dockerfile
