#ifndef LIB_COPY_TARGET_TREE_H_
#define LIB_COPY_TARGET_TREE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/copy/owner.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// The rootfs that COPY, ADD or WORKDIR changes.
class TargetTree {
 public:
  // What is added belongs to `owner`, if there is one. What is made without a
  // source is modified at `now`.
  TargetTree(FileTree tree, std::optional<Owner> owner, int64_t now);

  // As `mkdir -p`: creates the directory and its missing parents, with `mode`.
  // `path` is clean and has no symlinks (see FileTree::Resolve).
  // InvalidArgument `mkdir /afile: not a directory`.
  absl::Status MakeDirectories(absl::string_view path, uint32_t mode,
                               const Owner& owner);

  // A number for FileNode::inode that no node has.
  int64_t NewInode() { return next_inode_++; }

  // Whether NewInode() gave it.
  bool IsNewInode(int64_t inode) const { return inode >= first_inode_; }

  // Sets the modification time of what stands at `path`.
  absl::Status SetMtime(absl::string_view path, int64_t mtime,
                        int32_t mtime_nanos);

  FileTree& tree() { return tree_; }
  const FileTree& tree() const { return tree_; }
  const std::optional<Owner>& owner() const { return owner_; }
  int64_t now() const { return now_; }

 private:
  FileTree tree_;
  std::optional<Owner> owner_;
  int64_t now_;
  int64_t first_inode_ = 0;
  int64_t next_inode_ = 0;
};

// The directory that holds `path` ("" is the root), and its last component.
absl::string_view DirectoryOf(absl::string_view path);
absl::string_view FileNameOf(absl::string_view path);

// `directory`/`name`; `name` alone in the root.
std::string JoinPath(absl::string_view directory, absl::string_view name);

}  // namespace rules_dockerfile

#endif  // LIB_COPY_TARGET_TREE_H_
