#include "lib/run/lower_layers.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/base/map_guard.h"
#include "lib/digest/digest.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/rootfs/extract.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

FileTree WithoutHardLinks(const FileTree& tree) {
  FileTree single;
  for (auto [path, node] : tree.nodes()) {
    node.inode = -1;
    single.Put(path, node).IgnoreError();  // its parent came before it
  }
  return single;
}

}  // namespace

std::vector<absl::string_view> LowerLayers::contents() const {
  std::vector<absl::string_view> contents;
  for (const MappedFile& tar : tars) contents.push_back(tar.contents());
  return contents;
}

absl::StatusOr<LowerLayers> ReadLowerLayers(
    const std::vector<std::string>& layers,
    const std::vector<std::string>& indexes, size_t image_layers) {
  if (layers.size() != indexes.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(layers.size(), " layers, but ", indexes.size(),
                     " indexes: expected one index per layer"));
  }
  LowerLayers lower;
  Digester id;
  for (size_t i = 0; i < layers.size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(std::string text, ReadFile(indexes[i]));
    ABSL_ASSIGN_OR_RETURN(LayerIndex index, ParseLayerIndex(text));
    if (i < image_layers && !index.snapshot.empty()) {
      index.snapshot.clear();
      text = LayerIndexToText(index);
    }
    ABSL_RETURN_IF_ERROR(id.Append(DigestOf(text)));
    ABSL_RETURN_IF_ERROR(lower.tree.AddLayer(index, static_cast<int>(i)));
    ABSL_ASSIGN_OR_RETURN(MappedFile tar, MappedFile::Open(layers[i]));
    lower.tars.push_back(std::move(tar));
  }
  lower.id = id.Finish();
  return lower;
}

absl::StatusOr<SpecialOwners> FillWithLayers(const LowerLayers& lower,
                                             const DirectoryToFill& directory) {
  ABSL_ASSIGN_OR_RETURN(
      SpecialOwners owners,
      ExtractTree(
          directory.hard_links ? lower.tree : WithoutHardLinks(lower.tree),
          lower.contents(), directory.owners, directory.fd));
  // No command runs on, and no snapshot keeps, what could not be read.
  ABSL_RETURN_IF_ERROR(MapReadStatus());
  return owners;
}

absl::Status CheckLowerData(const LowerLayers& lower) {
  const std::vector<absl::string_view> contents = lower.contents();
  for (const auto& [path, node] : lower.tree.nodes()) {
    if (node.type != LayerEntryType::kFile) continue;
    ABSL_ASSIGN_OR_RETURN(const absl::string_view data,
                          DataInLayers(node, contents));
    if (DigestOf(data) == node.digest) continue;
    return absl::DataLossError(
        absl::StrCat("layer ", node.source, ": the data of \"", path,
                     "\" does not match the layer's index"));
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
