#include "lib/copy/target_tree.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/copy/owner.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"

namespace rules_dockerfile {

TargetTree::TargetTree(FileTree tree, std::optional<Owner> owner, int64_t now)
    : tree_(std::move(tree)),
      owner_(owner),
      now_(now),
      first_inode_(tree_.NewInode()),
      next_inode_(first_inode_) {}

absl::Status TargetTree::MakeDirectories(absl::string_view path, uint32_t mode,
                                         const Owner& owner) {
  size_t end = 0;
  while (end < path.size()) {
    end = std::min(path.find('/', end + 1), path.size());
    const absl::string_view directory = path.substr(0, end);
    const FileNode* node = tree_.Find(directory);
    if (node == nullptr) {
      ABSL_RETURN_IF_ERROR(
          tree_.Put(directory, {.type = LayerEntryType::kDirectory,
                                .mode = mode,
                                .uid = owner.uid,
                                .gid = owner.gid,
                                .mtime = now_}));
    } else if (node->type != LayerEntryType::kDirectory) {
      return absl::InvalidArgumentError(
          absl::StrCat("mkdir /", directory, ": not a directory"));
    }
  }
  return absl::OkStatus();
}

absl::Status TargetTree::SetMtime(absl::string_view path, int64_t mtime,
                                  int32_t mtime_nanos) {
  const FileNode* node = tree_.Find(path);
  if (node == nullptr || path.empty()) return absl::OkStatus();
  FileNode changed = *node;
  changed.mtime = mtime;
  changed.mtime_nanos = mtime_nanos;
  return tree_.Put(path, std::move(changed));
}

absl::string_view DirectoryOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? "" : path.substr(0, slash);
}

absl::string_view FileNameOf(absl::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string JoinPath(absl::string_view directory, absl::string_view name) {
  if (directory.empty()) return std::string(name);
  return absl::StrCat(directory, "/", name);
}

}  // namespace rules_dockerfile
