#include "lib/run/stack_part.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/digest/digest.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"
#include "lib/layer/whiteout.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMostParts = 100;
// The lowest part grows by so many layers, so that it is not another one each
// time.
constexpr size_t kStep = 50;

size_t LayersOfLowestPart(size_t layers) {
  if (layers <= kMostParts) return 1;
  return (layers - kMostParts + kStep) / kStep * kStep;
}

// "" if one is not known.
std::string KeyAbove(absl::string_view below, const FileDigests& digests,
                     const std::string& layer, const std::string& index) {
  const auto tar = digests.find(layer);
  const auto of_index = digests.find(index);
  if (tar == digests.end() || of_index == digests.end()) return "";
  return std::string(DigestHex(
      DigestOf(absl::StrCat(below, " ", tar->second, " ", of_index->second))));
}

bool IsDirectory(const FileNode* node) {
  return node != nullptr && node->type == LayerEntryType::kDirectory;
}

// Puts the node into the tree, below the directories of `after`.
void PutBelow(const FileTree& after, absl::string_view path,
              const FileNode& node, FileTree& tree) {
  if (!path.empty()) {
    const absl::string_view parent = ParentPath(path);
    if (tree.Find(parent) == nullptr) {
      PutBelow(after, parent, *after.Find(parent), tree);
    }
  }
  tree.Put(path, node).IgnoreError();  // its parent is a directory
}

}  // namespace

std::vector<StackPart> PlanStack(const std::vector<std::string>& layers,
                                 const std::vector<std::string>& indexes,
                                 const FileDigests& digests) {
  std::vector<StackPart> parts;
  std::string key = "layers";
  const size_t lowest = LayersOfLowestPart(layers.size());
  for (size_t i = 0; i < layers.size(); ++i) {
    if (!key.empty()) key = KeyAbove(key, digests, layers[i], indexes[i]);
    if (i + 1 < lowest) continue;
    StackPart part = {.end = i + 1, .key = key};
    if (i > 0 && i + 1 == lowest && !key.empty()) {
      part.key = absl::StrCat(key, "-all");
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

FileTree ChangedPart(const FileTree& after, const FileTree::Changes& changes) {
  FileTree part;
  PutBelow(after, "", *after.Find(""), part);
  std::set<int64_t> linked;  // files whose names change
  for (const auto& [path, before] : changes) {
    if (before.inode >= 0) linked.insert(before.inode);
    const FileNode* node = after.Find(path);
    if (node != nullptr) {
      if (node->inode >= 0) linked.insert(node->inode);
      PutBelow(after, path, *node, part);
    } else if (before.existed && IsDirectory(after.Find(ParentPath(path)))) {
      PutBelow(after, path, {.type = LayerEntryType::kWhiteout}, part);
    }
  }
  if (linked.empty()) return part;
  for (const auto& [path, node] : after.nodes()) {
    if (linked.contains(node.inode)) PutBelow(after, path, node, part);
  }
  return part;
}

}  // namespace rules_dockerfile
