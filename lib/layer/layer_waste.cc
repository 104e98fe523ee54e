#include "lib/layer/layer_waste.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {
namespace {

using StoredFile = std::pair<int, int64_t>;

StoredFile StoredFileOf(const FileNode& node) {
  return {node.source, node.offset};
}

bool IsSameFile(const FileNode& a, const FileNode& b) {
  return a.type == b.type && StoredFileOf(a) == StoredFileOf(b);
}

absl::Status AddLayerText(absl::string_view text, int number, FileTree& tree,
                          WasteFinder& finder) {
  ABSL_ASSIGN_OR_RETURN(LayerIndex index, ParseLayerIndex(text));
  index.snapshot.clear();  // the image does not have it
  const FileTree before = tree;
  FileTree::Changes changes;
  ABSL_RETURN_IF_ERROR(tree.AddLayer(index, number, &changes));
  finder.AddLayer(index, number, before, tree, changes);
  return absl::OkStatus();
}

}  // namespace

void WasteFinder::AddLayer(const LayerIndex& layer, int number,
                           const FileTree& before, const FileTree& after,
                           const FileTree::Changes& changes) {
  for (const auto& [path, was] : changes) {
    const FileNode* const old = was.existed ? before.Find(path) : nullptr;
    if (old == nullptr || old->type != LayerEntryType::kFile) continue;
    const FileNode* const now = after.Find(path);
    if (now != nullptr && IsSameFile(*old, *now)) continue;
    const auto found = files_.find(StoredFileOf(*old));
    // Empty, or an earlier name of it went, too.
    if (found == files_.end() || found->second.by_layer == number) continue;
    found->second.path = path;
    found->second.by_layer = number;
    found->second.removed = now == nullptr;
  }
  for (const LayerEntry& entry : layer.entries) {
    if (entry.type != LayerEntryType::kFile || entry.size == 0) continue;
    // A later entry may have a loop of symlinks among the parents.
    std::string path =
        after.Resolve(entry.path, /*follow_last=*/false).value_or(entry.path);
    const bool removed = after.Find(path) == nullptr;
    files_[{number, entry.offset}] = {.path = std::move(path),
                                      .size = entry.size,
                                      .layer = number,
                                      .by_layer = number,
                                      .removed = removed};
  }
}

LayerWaste WasteFinder::WasteOf(const FileTree& image) const {
  std::set<StoredFile> shown;
  for (const auto& [path, node] : image.nodes()) {
    if (node.type == LayerEntryType::kFile) shown.insert(StoredFileOf(node));
  }
  LayerWaste waste;
  for (const auto& [stored, file] : files_) {
    if (shown.contains(stored)) continue;
    waste.size += file.size;
    waste.files.push_back(file);
  }
  std::ranges::stable_sort(
      waste.files, [](const WastedFile& a, const WastedFile& b) {
        return std::tie(b.size, a.path) < std::tie(a.size, b.path);
      });
  return waste;
}

absl::StatusOr<LayerWaste> FindLayerWaste(
    absl::Span<const absl::string_view> indexes) {
  FileTree tree;
  WasteFinder finder;
  for (size_t i = 0; i < indexes.size(); ++i) {
    const absl::Status added =
        AddLayerText(indexes[i], static_cast<int>(i), tree, finder);
    if (!added.ok()) {
      return absl::Status(added.code(),
                          absl::StrCat("layer ", i + 1, ": ", added.message()));
    }
  }
  return finder.WasteOf(tree);
}

}  // namespace rules_dockerfile
