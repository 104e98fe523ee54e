#include "lib/layer/snapshot_entries.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"
#include "lib/layer/snapshot_xattrs.h"
#include "lib/layer/tree_pair.h"
#include "lib/layer/xattr_map.h"

namespace rules_dockerfile {
namespace {

// In the order of a tree. Borrows them.
using Paths = std::set<absl::string_view, PathLess>;

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

// The paths of names of files with several, by file, among those that differ.
using Names = std::map<int64_t, std::vector<absl::string_view>>;

// Without those of files that `lower` has.
void RemoveOld(const FileTree& lower, Names& names) {
  if (names.empty()) return;
  for (const auto& [path, node] : lower.nodes()) {
    if (node.inode >= 0) names.erase(node.inode);
  }
}

// The names that are links to another, and that one.
std::map<absl::string_view, absl::string_view> Links(
    const Names& names, const WrittenPaths& written) {
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

// What differs of the nodes of `upper`.
struct Differences {
  Names names;
  // The paths whose xattrs the layer may leave out.
  Paths with_xattrs;
};

Differences FindDifferences(const FileTree& lower, const FileTree& upper) {
  Differences found;
  VisitDifferences(lower, upper, [&](const NodePair& pair) {
    if (pair.after == nullptr) return absl::OkStatus();
    if (pair.after->inode >= 0) {
      found.names[pair.after->inode].push_back(pair.path);
    }
    if (!pair.after->xattrs.empty() ||
        (pair.before != nullptr && !pair.before->xattrs.empty())) {
      found.with_xattrs.insert(pair.path);
    }
    return absl::OkStatus();
  }).IgnoreError();  // it has none
  RemoveOld(lower, found.names);
  return found;
}

}  // namespace

std::vector<SnapshotEntry> SnapshotEntries(
    const FileTree& lower, const FileTree& upper,
    const std::vector<LayerEntry>& entries) {
  const WrittenPaths written(entries);
  const Differences found = FindDifferences(lower, upper);
  const auto links = Links(found.names, written);
  Paths paths = found.with_xattrs;
  for (const auto& [path, target] : links) paths.insert(path);
  // Directories that the layer has for what is below them.
  for (const LayerEntry& entry : entries) {
    if (entry.type != LayerEntryType::kDirectory) continue;
    if (!upper.Find(entry.path)->xattrs.empty()) paths.insert(entry.path);
  }
  std::vector<SnapshotEntry> snapshot;
  for (const absl::string_view path : paths) {
    if (const auto link = links.find(path); link != links.end()) {
      snapshot.push_back({.path = std::string(path),
                          .link_target = std::string(link->second)});
      continue;
    }
    XattrMap xattrs = SnapshotXattrs(*upper.Find(path));
    const FileNode* const below =
        written.contains(path) ? nullptr : lower.Find(path);
    const bool told =
        below == nullptr ? xattrs.empty() : xattrs == SnapshotXattrs(*below);
    if (!told) {
      snapshot.push_back(
          {.path = std::string(path), .xattrs = std::move(xattrs)});
    }
  }
  return snapshot;
}

}  // namespace rules_dockerfile
