#include "lib/layer/snapshot_entries.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/snapshot_xattrs.h"
#include "lib/layer/xattr_map.h"

namespace rules_dockerfile {
namespace {

// The paths that a layer has. Borrows them.
class WrittenPaths {
 public:
  explicit WrittenPaths(const std::vector<LayerEntry>& entries) {
    for (const LayerEntry& entry : entries) {
      if (entry.type != LayerEntryType::kWhiteout) {
        paths_.push_back(entry.path);
      }
    }
    // A changeset is in this order.
    if (!std::is_sorted(paths_.begin(), paths_.end(), PathLess())) {
      std::sort(paths_.begin(), paths_.end(), PathLess());
    }
  }

  bool contains(absl::string_view path) const {
    return std::binary_search(paths_.begin(), paths_.end(), path, PathLess());
  }

 private:
  std::vector<absl::string_view> paths_;
};

// The names that are links to another, and that one.
std::map<absl::string_view, absl::string_view> Links(
    const FileTree& lower, const FileTree& upper, const WrittenPaths& written) {
  std::set<int64_t> old_inodes;
  for (const auto& [path, node] : lower.nodes()) {
    if (node.inode >= 0) old_inodes.insert(node.inode);
  }
  std::map<int64_t, std::vector<absl::string_view>> names;
  for (const auto& [path, node] : upper.nodes()) {
    if (node.inode >= 0 && !old_inodes.contains(node.inode)) {
      names[node.inode].push_back(path);
    }
  }
  std::map<absl::string_view, absl::string_view> links;
  for (const auto& [inode, paths] : names) {
    const auto left_out = std::find_if(
        paths.begin(), paths.end(),
        [&](absl::string_view path) { return !written.contains(path); });
    if (left_out == paths.end()) continue;
    for (const absl::string_view path : paths) {
      if (path != *left_out) links[path] = *left_out;
    }
  }
  return links;
}

// None where the kernel does not allow them.
XattrMap SnapshotXattrs(const FileNode& node) {
  XattrMap xattrs;
  if (node.type != LayerEntryType::kFile &&
      node.type != LayerEntryType::kDirectory) {
    return xattrs;
  }
  for (const auto& xattr : node.xattrs) {
    if (IsSnapshotXattr(xattr.first)) xattrs.insert(xattr);
  }
  return xattrs;
}

}  // namespace

std::vector<SnapshotEntry> SnapshotEntries(
    const FileTree& lower, const FileTree& upper,
    const std::vector<LayerEntry>& entries) {
  const WrittenPaths written(entries);
  const auto links = Links(lower, upper, written);
  std::vector<SnapshotEntry> snapshot;
  const FileTree::PathLess less;
  auto old_node = lower.nodes().begin();
  const auto old_end = lower.nodes().end();
  for (const auto& [path, node] : upper.nodes()) {
    while (old_node != old_end && less(old_node->first, path)) ++old_node;
    if (const auto link = links.find(path); link != links.end()) {
      snapshot.push_back(
          {.path = path, .link_target = std::string(link->second)});
      continue;
    }
    XattrMap xattrs = SnapshotXattrs(node);
    const bool is_below = old_node != old_end && old_node->first == path &&
                          !written.contains(path);
    const FileNode* const below = is_below ? &old_node->second : nullptr;
    const bool told =
        below == nullptr ? xattrs.empty() : xattrs == SnapshotXattrs(*below);
    if (!told) snapshot.push_back({.path = path, .xattrs = std::move(xattrs)});
  }
  return snapshot;
}

}  // namespace rules_dockerfile
