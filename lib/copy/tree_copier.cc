#include "lib/copy/tree_copier.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/copy/data_store.h"
#include "lib/copy/source_path.h"
#include "lib/copy/target_tree.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {
namespace {

// Linux's PATH_MAX. Longer paths can only come from a hostile layer; their
// directories may be nested too deep to recurse into.
constexpr size_t kMaxPathSize = 4096;

bool IsDirectory(const FileNode* node) {
  return node != nullptr && node->type == LayerEntryType::kDirectory;
}

// One source on its way into the target.
class TreeCopier {
 public:
  TreeCopier(const FileTree& tree, const CopyOptions& options, DataStore* store,
             TargetTree* target)
      : tree_(tree), options_(options), store_(store), target_(target) {}

  absl::Status Copy(const SourcePath& source, absl::string_view destination) {
    ABSL_ASSIGN_OR_RETURN(const std::string to,
                          PrepareDestination(source, destination));
    const FileNode& node = *tree_.Find(source.path);
    if (!IsDirectory(&node)) return CopyFile(node, to);
    if (!IsDirectory(target_->tree().Find(to))) return NotADirectory(to);
    ABSL_RETURN_IF_ERROR(target_->SetMtime(to, node.mtime, node.mtime_nanos));
    source_prefix_size_ = source.path.empty() ? 0 : source.path.size() + 1;
    next_ = tree_.nodes().upper_bound(source.path);
    return CopyChildren(source.path, to);
  }

 private:
  // A directory of the source that is made when something in it is copied.
  struct PendingDirectory {
    const FileNode* node;
    std::string to;
  };

  // Makes the directories that the destination needs; returns the path, free
  // of symlinks, that `source` is copied to.
  absl::StatusOr<std::string> PrepareDestination(
      const SourcePath& source, absl::string_view destination) {
    const uint32_t mode = DirectoryMode();
    const Owner owner = target_->owner().value_or(Owner());
    const FileTree& rootfs = target_->tree();
    const absl::string_view parent =
        absl::EndsWith(destination, "/")
            ? destination
            : destination.substr(0, destination.rfind('/') + 1);
    ABSL_ASSIGN_OR_RETURN(const std::string directory,
                          rootfs.Resolve(CleanTarPath(parent), true));
    ABSL_RETURN_IF_ERROR(target_->MakeDirectories(directory, mode, owner));
    ABSL_ASSIGN_OR_RETURN(std::string to,
                          rootfs.Resolve(CleanTarPath(destination), true));
    const bool copies_directory = IsDirectory(tree_.Find(source.path));
    if (!copies_directory && IsDirectory(rootfs.Find(to))) {
      to = JoinPath(to, source.name);
    }
    const bool is_new = rootfs.Find(to) == nullptr;
    ABSL_RETURN_IF_ERROR(target_->MakeDirectories(
        copies_directory && is_new ? to : DirectoryOf(to), mode, owner));
    return to;
  }

  // The mode of directories without a source: mkdir(2) takes no more than
  // permissions, and a symbolic --chmod has nothing to start from.
  uint32_t DirectoryMode() const {
    if (!options_.chmod.has_value()) return 0755;
    return options_.chmod->octal().value_or(0755) & 0777;
  }

  // Goes through the subtree that follows `from` in the tree.
  absl::Status CopyChildren(const std::string& from, const std::string& to) {
    while (IsNextBelow(from)) {
      const auto& [path, node] = *next_;
      ++next_;
      ABSL_RETURN_IF_ERROR(
          CopyEntry(path, node, JoinPath(to, FileNameOf(path))));
      while (IsNextBelow(path)) ++next_;  // what is not copied
    }
    return absl::OkStatus();
  }

  bool IsNextBelow(absl::string_view directory) const {
    if (next_ == tree_.nodes().end()) return false;
    absl::string_view path = next_->first;
    return absl::ConsumePrefix(&path, directory) &&
           (directory.empty() || absl::StartsWith(path, "/"));
  }

  // Copies `node`, which is at `from`, to `to`.
  absl::Status CopyEntry(const std::string& from, const FileNode& node,
                         const std::string& to) {
    if (to.size() > kMaxPathSize) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", from, "\": file name too long"));
    }
    const bool selected =
        IsSelected(absl::string_view(from).substr(source_prefix_size_));
    if (!selected && (!IsDirectory(&node) || !MaySelectBelow())) {
      return absl::OkStatus();
    }
    const size_t pending = pending_.size();
    if (!selected) {
      pending_.push_back({.node = &node, .to = to});
    } else {
      ABSL_RETURN_IF_ERROR(MakePendingDirectories());
      if (!IsDirectory(&node)) return CopyFile(node, to);
      ABSL_RETURN_IF_ERROR(
          CopyDirectory(node, to, options_.includes.has_value()));
    }
    ABSL_RETURN_IF_ERROR(CopyChildren(from, to));
    if (pending_.size() > pending) pending_.resize(pending);
    return absl::OkStatus();
  }

  // Whether what is at a path relative to the source is copied.
  bool IsSelected(absl::string_view relative) const {
    const bool included =
        !options_.includes.has_value() || options_.includes->Ignores(relative);
    return included && !(options_.excludes.has_value() &&
                         options_.excludes->Ignores(relative));
  }

  // Whether something below what is not selected may be.
  bool MaySelectBelow() const {
    return options_.includes.has_value() || options_.excludes->has_exceptions();
  }

  absl::Status MakePendingDirectories() {
    for (const PendingDirectory& directory : pending_) {
      FileNode node = *directory.node;
      node.mtime = target_->now();  // something is about to be put into it
      node.mtime_nanos = 0;
      ABSL_RETURN_IF_ERROR(
          CopyDirectory(node, directory.to, /*keeps_owner=*/true));
    }
    pending_.clear();
    return absl::OkStatus();
  }

  // An existing directory takes the metadata of the source; of a filtered copy
  // only the mode, as it is in the source.
  absl::Status CopyDirectory(const FileNode& node, const std::string& to,
                             bool keeps_owner) {
    const FileNode* existing = target_->tree().Find(to);
    ABSL_ASSIGN_OR_RETURN(FileNode copy, WithOptions(node));
    if (existing != nullptr) {
      if (!IsDirectory(existing)) return NotADirectory(to);
      copy.xattrs.insert(existing->xattrs.begin(), existing->xattrs.end());
      if (keeps_owner) {
        copy = *existing;
        copy.mode = node.mode;
      }
    }
    return target_->tree().Put(to, std::move(copy));
  }

  absl::Status CopyFile(const FileNode& node, const std::string& to) {
    if (IsDirectory(target_->tree().Find(to))) {
      return absl::InvalidArgumentError(
          absl::StrCat("cannot replace to directory /", to, " with file"));
    }
    ABSL_ASSIGN_OR_RETURN(FileNode copy, WithOptions(node));
    if (node.inode >= 0) {
      const auto [link, is_new] = inodes_.try_emplace(node.inode, -1);
      if (is_new) link->second = target_->NewInode();
      copy.inode = link->second;
    }
    return target_->tree().Put(to, std::move(copy));
  }

  absl::StatusOr<FileNode> WithOptions(const FileNode& node) const {
    FileNode changed = node;
    if (const std::optional<Owner>& owner = target_->owner()) {
      changed.uid = owner->uid;
      changed.gid = owner->gid;
    }
    if (options_.chmod.has_value() && node.type != LayerEntryType::kSymlink) {
      if (node.mode_of_data && !options_.chmod->octal().has_value()) {
        ABSL_ASSIGN_OR_RETURN(changed.mode, store_->Mode(node));
      }
      changed.mode_of_data = false;
      changed.mode = options_.chmod->Apply(changed.mode, IsDirectory(&node));
    }
    return changed;
  }

  static absl::Status NotADirectory(absl::string_view path) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot copy to non-directory: /", path));
  }

  const FileTree& tree_;
  const CopyOptions& options_;
  DataStore* store_;
  TargetTree* target_;
  size_t source_prefix_size_ = 0;      // of the paths below a directory
  NodeMap::const_iterator next_;       // of the tree's nodes
  std::map<int64_t, int64_t> inodes_;  // of the source, to the target's
  std::vector<PendingDirectory> pending_;
};

}  // namespace

absl::Status CopyToTarget(const FileTree& tree, const SourcePath& source,
                          absl::string_view destination,
                          const CopyOptions& options, DataStore* store,
                          TargetTree* target) {
  return TreeCopier(tree, options, store, target).Copy(source, destination);
}

}  // namespace rules_dockerfile
