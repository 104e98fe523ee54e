#ifndef LIB_LAYER_FILE_TREE_H_
#define LIB_LAYER_FILE_TREE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/layer/file_node.h"  // IWYU pragma: export
#include "lib/layer/layer_index.h"
#include "lib/layer/node_map.h"  // IWYU pragma: export

namespace rules_dockerfile {

// What was at a path before a layer was applied.
struct NodeBefore {
  bool existed = false;
  int64_t inode = -1;  // FileNode::inode
};

// A rootfs in memory: the metadata of every path, without data. Layers are
// applied base first. Value type.
class FileTree {
 public:
  using PathLess = rules_dockerfile::PathLess;
  // The paths that layers created, changed or removed.
  using Changes = std::map<std::string, NodeBefore, PathLess>;

  // Applies `layer` on top (OCI image-spec layer.md, "Applying"): whiteouts
  // first, a non-directory replaces whatever stands at its path, a directory
  // over a directory takes the new metadata. Missing parents are made 0755 0:0;
  // symlinks among the parents are followed inside the tree. A hard link is the
  // file it names, with that file's metadata. `source` is stored in the nodes
  // of files. passwd and group texts are remembered, newest wins, forgotten
  // when the file is replaced or deleted. Last comes what the snapshot has
  // beside the tar: the names that it links get their own inode, without the
  // other names of the file. InvalidArgument if a hard link's target is
  // missing, a parent is not a directory or a path is longer than Linux allows;
  // the tree is then unusable. If `changes` is given, what the layer changed is
  // added to it; a path that is there already stays as it is.
  absl::Status AddLayer(const LayerIndex& layer, int source,
                        Changes* changes = nullptr);

  // The same for the text of the index (ParseLayerIndex()), without an index of
  // all entries in memory.
  absl::Status AddLayerText(absl::string_view text, int source,
                            Changes* changes = nullptr);

  // The same, as long as the nodes of the layer, with the parents that are
  // made, take no more than `room` bytes, about; subtracts what they take.
  // ResourceExhausted if they do.
  absl::Status AddLayerTextWithin(absl::string_view text, int source,
                                  int64_t& room);

  // The same for a layer of an image: it has no snapshot.
  absl::Status AddImageLayerText(absl::string_view text, int source,
                                 Changes* changes = nullptr);

  // The node at the clean path (no symlink following); nullptr if there is
  // none. "" is the root, always a directory.
  const FileNode* Find(absl::string_view path) const;

  // Inserts or replaces the node at `path` (with all below it if either is not
  // a directory). The parent must be a directory that exists.
  absl::Status Put(absl::string_view path, FileNode node);

  // Removes `path` and all below it; no-op when absent.
  void Remove(absl::string_view path);

  // Names of the directory's children, sorted bytewise.
  std::vector<std::string> Children(absl::string_view directory) const;

  // All nodes by path, parents before children, in the order of comparing paths
  // component by component: a directory's subtree follows it, children in
  // bytewise order of their names. A copy of a tree, or of these, shares them
  // (NodeMap).
  using Nodes = NodeMap;
  const Nodes& nodes() const { return nodes_; }

  // Where `path` leads inside this tree, following symlinks in every
  // component (the last one too if `follow_last`), absolute links and ".."
  // never leaving the root. Components after the first missing one are kept
  // lexically. InvalidArgument `too many levels of symbolic links: "x"` after
  // 255.
  absl::StatusOr<std::string> Resolve(absl::string_view path,
                                      bool follow_last) const;

  // The same for a process whose root is the directory `root`, a path without
  // symlinks: nothing leads out of it. The result begins with `root`.
  absl::StatusOr<std::string> ResolveBelow(absl::string_view root,
                                           absl::string_view path,
                                           bool follow_last) const;

  // Texts of etc/passwd and etc/group, or of the files that they lead to, where
  // the layers told them.
  const std::optional<std::string>& passwd() const { return passwd_; }
  const std::optional<std::string>& group() const { return group_; }

  // A number for FileNode::inode that no node of this tree has.
  int64_t NewInode() { return next_inode_++; }

 private:
  bool HasParent(absl::string_view path) const;
  // Where an entry at the clean path lands, its parents made if need be.
  absl::StatusOr<std::string> Place(absl::string_view path);
  void AddWhiteout(const LayerEntry& entry);
  absl::Status AddEntry(LayerEntry entry, int source);
  void RemoveBelow(absl::string_view path);
  // Subtracts a node at `path` from `*room_`, if that is set.
  absl::Status TakeRoom(absl::string_view path);
  // Note, in `changes_`, that the node is about to change or to be created.
  void NoteChange(absl::string_view path, const FileNode& node);
  void NoteCreated(absl::string_view path);
  // What comes before and after all entries.
  struct Databases;
  Databases DatabasesNow() const;
  absl::Status AddLayerEntries(const LayerIndex& layer, int source);
  absl::StatusOr<LayerIndex> AddEntries(absl::string_view text, int source);
  absl::Status FinishLayer(const LayerIndex& layer, const Databases& before);
  absl::StatusOr<FileNode> LinkedNode(const LayerEntry& link);
  absl::Status AddSnapshot(const std::vector<SnapshotEntry>& entries);

  Nodes nodes_;
  std::optional<std::string> passwd_;
  std::optional<std::string> group_;
  int64_t next_inode_ = 0;
  Changes* changes_ = nullptr;  // while AddLayer() runs
  int64_t* room_ = nullptr;     // while AddLayerTextWithin() runs
};

// One line per node, for tests and `image_inspect`: `path type mode uid:gid
// mtime[.nanos] [-> target] [size digest] [major:minor] [xattr=hex]…
// [inode=n]`. The root's path is written ".".
std::string DumpFileTree(const FileTree& tree);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_FILE_TREE_H_
