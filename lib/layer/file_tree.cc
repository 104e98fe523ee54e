#include "lib/layer/file_tree.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/layer/file_digest.h"
#include "lib/layer/file_node.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/snapshot_xattrs.h"
#include "lib/layer/whiteout.h"
#include "lib/layer/xattr_map.h"

namespace rules_dockerfile {
namespace {

constexpr int kMaxSymlinks = 255;
// Linux PATH_MAX and NAME_MAX. They also bound what a hostile path of ever
// deeper directories costs.
constexpr size_t kMaxPath = 4095;
constexpr size_t kMaxName = 255;

bool IsBelow(absl::string_view path, absl::string_view directory) {
  if (directory.empty()) return !path.empty();
  return path.size() > directory.size() && path[directory.size()] == '/' &&
         path.substr(0, directory.size()) == directory;
}

bool IsDirectory(const FileNode* node) {
  return node != nullptr && node->type == LayerEntryType::kDirectory;
}

absl::Status CheckLength(absl::string_view path) {
  const bool too_long = path.size() > kMaxPath;
  if (!too_long && BaseName(path).size() <= kMaxName) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(too_long ? "path" : "file name", " is too long: \"",
                   path.substr(0, kMaxName), "…\""));
}

// Whether nothing in the text of an index is a whiteout, however it is spelled.
bool HasNoWhiteouts(absl::string_view text) {
  return !absl::StrContains(text,
                            LayerEntryTypeName(LayerEntryType::kOpaque)) &&
         !absl::StrContains(text,
                            LayerEntryTypeName(LayerEntryType::kWhiteout)) &&
         !absl::StrContains(text, "\\u");
}

bool IsWhiteout(const LayerEntry& entry) {
  return entry.type == LayerEntryType::kWhiteout ||
         entry.type == LayerEntryType::kOpaque;
}

absl::Status CheckLengths(const LayerEntry& entry) {
  ABSL_RETURN_IF_ERROR(CheckLength(entry.path));
  if (entry.link_target.size() <= kMaxPath) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "layer entry \"", entry.path, "\": the link target is too long"));
}

}  // namespace

// The state of the name databases, to notice that one was replaced.
struct FileTree::Databases {
  FileDigest passwd;
  FileDigest group;
};

FileTree::Databases FileTree::DatabasesNow() const {
  const auto digest_at = [&](absl::string_view path) {
    const absl::StatusOr<std::string> file =
        Resolve(path, /*follow_last=*/true);
    const FileNode* node = file.ok() ? Find(*file) : nullptr;
    return node == nullptr ? FileDigest() : node->digest;
  };
  return {.passwd = digest_at("etc/passwd"), .group = digest_at("etc/group")};
}

absl::Status FileTree::AddLayer(const LayerIndex& layer, int source,
                                Changes* changes) {
  changes_ = changes;
  const absl::Cleanup end_of_notes = [this] { changes_ = nullptr; };
  return AddLayerEntries(layer, source);
}

absl::Status FileTree::AddLayerEntries(const LayerIndex& layer, int source) {
  const Databases before = DatabasesNow();
  // A whiteout never hides what its own layer has, wherever it stands.
  for (const LayerEntry& entry : layer.entries) {
    ABSL_RETURN_IF_ERROR(CheckLengths(entry));
    if (IsWhiteout(entry)) AddWhiteout(entry);
  }
  for (const LayerEntry& entry : layer.entries) {
    if (IsWhiteout(entry)) continue;
    ABSL_RETURN_IF_ERROR(AddEntry(entry, source));
  }
  return FinishLayer(layer, before);
}

absl::Status FileTree::AddLayerText(absl::string_view text, int source,
                                    Changes* changes) {
  changes_ = changes;
  const absl::Cleanup end_of_notes = [this] { changes_ = nullptr; };
  const Databases before = DatabasesNow();
  ABSL_ASSIGN_OR_RETURN(const LayerIndex layer, AddEntries(text, source));
  return FinishLayer(layer, before);
}

absl::Status FileTree::AddLayerTextWithin(absl::string_view text, int source,
                                          int64_t& room) {
  room_ = &room;
  const absl::Cleanup end_of_room = [this] { room_ = nullptr; };
  return AddLayerText(text, source);
}

absl::Status FileTree::TakeRoom(absl::string_view path) {
  if (room_ == nullptr) return absl::OkStatus();
  // Of a std::map; the path may be longer than a string has inside.
  constexpr size_t kNode = sizeof(Nodes::value_type) + 4 * sizeof(void*);
  *room_ -= static_cast<int64_t>(kNode + path.size());
  if (*room_ >= 0) return absl::OkStatus();
  return absl::ResourceExhaustedError("the layer needs too much memory");
}

absl::Status FileTree::AddImageLayerText(absl::string_view text, int source,
                                         Changes* changes) {
  changes_ = changes;
  const absl::Cleanup end_of_notes = [this] { changes_ = nullptr; };
  const Databases before = DatabasesNow();
  ABSL_ASSIGN_OR_RETURN(LayerIndex layer, AddEntries(text, source));
  layer.snapshot.clear();
  return FinishLayer(layer, before);
}

// Returns what the index has besides the entries.
absl::StatusOr<LayerIndex> FileTree::AddEntries(absl::string_view text,
                                                int source) {
  if (!HasNoWhiteouts(text)) {
    ABSL_RETURN_IF_ERROR(
        VisitLayerIndex(text, [&](LayerEntry entry) -> absl::Status {
          ABSL_RETURN_IF_ERROR(CheckLengths(entry));
          if (IsWhiteout(entry)) AddWhiteout(entry);
          return absl::OkStatus();
        }).status());
  }
  return VisitLayerIndex(text, [&](LayerEntry entry) -> absl::Status {
    ABSL_RETURN_IF_ERROR(CheckLengths(entry));
    if (IsWhiteout(entry)) return absl::OkStatus();
    return AddEntry(std::move(entry), source);
  });
}

absl::Status FileTree::FinishLayer(const LayerIndex& layer,
                                   const Databases& before) {
  ABSL_RETURN_IF_ERROR(AddSnapshot(layer.snapshot));
  const Databases after = DatabasesNow();
  if (layer.passwd.has_value()) {
    passwd_ = layer.passwd;
  } else if (after.passwd.empty() || after.passwd != before.passwd) {
    passwd_.reset();
  }
  if (layer.group.has_value()) {
    group_ = layer.group;
  } else if (after.group.empty() || after.group != before.group) {
    group_.reset();
  }
  return absl::OkStatus();
}

void FileTree::AddWhiteout(const LayerEntry& entry) {
  const absl::StatusOr<std::string> path = Resolve(
      entry.path, /*follow_last=*/entry.type == LayerEntryType::kOpaque);
  if (!path.ok()) return;  // nothing there to delete
  if (entry.type == LayerEntryType::kWhiteout) {
    if (!path->empty()) Remove(*path);
    return;
  }
  RemoveBelow(*path);
}

void FileTree::RemoveBelow(absl::string_view path) {
  if (changes_ != nullptr) {
    for (auto node = nodes_.upper_bound(path);
         node != nodes_.end() && IsBelow(node->first, path); ++node) {
      NoteChange(node->first, node->second);
    }
  }
  nodes_.RemoveBelow(path);
}

void FileTree::NoteChange(absl::string_view path, const FileNode& node) {
  if (changes_ == nullptr) return;
  changes_->try_emplace(std::string(path),
                        NodeBefore{.existed = true, .inode = node.inode});
}

void FileTree::NoteCreated(absl::string_view path) {
  if (changes_ != nullptr) changes_->try_emplace(std::string(path));
}

absl::StatusOr<std::string> FileTree::Place(absl::string_view path) {
  // No path of the tree leads through a symlink.
  if (HasParent(path)) return std::string(path);
  ABSL_ASSIGN_OR_RETURN(const std::string parent,
                        Resolve(ParentPath(path), /*follow_last=*/true));
  ABSL_RETURN_IF_ERROR(CheckLength(parent));
  for (size_t end = 0; end < parent.size();) {
    end = std::min(parent.find('/', end + 1), parent.size());
    const std::string directory = parent.substr(0, end);
    ABSL_RETURN_IF_ERROR(CheckLength(directory));
    const FileNode* const node = Find(directory);
    if (node == nullptr) {
      ABSL_RETURN_IF_ERROR(TakeRoom(directory));
      NoteCreated(directory);
      nodes_.Put(directory, FileNode());
    } else if (!IsDirectory(node)) {
      return absl::InvalidArgumentError(absl::StrCat("layer entry \"", path,
                                                     "\": \"", directory,
                                                     "\" is not a directory"));
    }
  }
  if (parent.empty()) return std::string(BaseName(path));
  return absl::StrCat(parent, "/", BaseName(path));
}

absl::StatusOr<FileNode> FileTree::LinkedNode(const LayerEntry& link) {
  ABSL_ASSIGN_OR_RETURN(std::string target,
                        Resolve(link.link_target, /*follow_last=*/false));
  const FileNode* const node = Find(target);
  if (node == nullptr || IsDirectory(node)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "layer entry \"", link.path, "\": hard link to \"", link.link_target,
        node == nullptr ? "\", which does not exist"
                        : "\", which is a directory"));
  }
  if (node->inode >= 0) return *node;
  NoteChange(target, *node);
  FileNode* const file = nodes_.FindToChange(target);
  file->inode = NewInode();
  return *file;
}

absl::Status FileTree::AddEntry(LayerEntry entry, int source) {
  if (entry.path.empty()) return Put("", FileNodeOf(std::move(entry), source));
  ABSL_ASSIGN_OR_RETURN(const std::string path, Place(entry.path));
  ABSL_RETURN_IF_ERROR(TakeRoom(path));
  if (entry.type != LayerEntryType::kHardLink) {
    return Put(path, FileNodeOf(std::move(entry), source));
  }
  ABSL_ASSIGN_OR_RETURN(FileNode node, LinkedNode(entry));
  return Put(path, std::move(node));
}

absl::Status FileTree::AddSnapshot(const std::vector<SnapshotEntry>& entries) {
  const auto missing = [](absl::string_view path, absl::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat("snapshot entry \"", path, "\": no ", what));
  };
  for (const SnapshotEntry& entry : entries) {
    if (!entry.link_target.empty()) continue;
    FileNode* const node = nodes_.FindToChange(entry.path);
    if (node == nullptr) return missing(entry.path, "such file");
    NoteChange(entry.path, *node);
    XattrMap xattrs;
    const auto keep = [&](const XattrMap& from, bool snapshot) {
      for (const auto& xattr : from) {
        if (IsSnapshotXattr(xattr.first) == snapshot) xattrs.insert(xattr);
      }
    };
    keep(node->xattrs, /*snapshot=*/false);
    keep(entry.xattrs, /*snapshot=*/true);
    node->xattrs = std::move(xattrs);
  }
  std::set<std::string> linked;  // the files that got their inode here
  for (const SnapshotEntry& entry : entries) {
    if (entry.link_target.empty()) continue;
    FileNode* const file = nodes_.FindToChange(entry.link_target);
    FileNode* const node = nodes_.FindToChange(entry.path);
    if (node == nullptr || IsDirectory(node)) {
      return missing(entry.path, "such file");
    }
    if (file == nullptr || IsDirectory(file)) {
      return missing(entry.path,
                     absl::StrCat("file \"", entry.link_target, "\""));
    }
    NoteChange(entry.path, *node);
    NoteChange(entry.link_target, *file);
    if (linked.insert(entry.link_target).second) file->inode = NewInode();
    *node = *file;
  }
  return absl::OkStatus();
}

const FileNode* FileTree::Find(absl::string_view path) const {
  return nodes_.Find(path);
}

absl::Status FileTree::Put(absl::string_view path, FileNode node) {
  ABSL_RETURN_IF_ERROR(CheckLength(path));
  if (path.empty() ? !IsDirectory(&node) : !HasParent(path)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", ParentPath(path), "\" must be an existing directory"));
  }
  next_inode_ = std::max(next_inode_, node.inode + 1);
  const FileNode* const old = Find(path);
  if (old == nullptr) {
    NoteCreated(path);
  } else {
    NoteChange(path, *old);
    if (IsDirectory(old) && !IsDirectory(&node)) RemoveBelow(path);
  }
  nodes_.Put(path, std::move(node));
  return absl::OkStatus();
}

bool FileTree::HasParent(absl::string_view path) const {
  const absl::string_view parent = ParentPath(path);
  return ParentPath(nodes_.Last()) == parent || IsDirectory(Find(parent));
}

void FileTree::Remove(absl::string_view path) {
  const FileNode* const node = Find(path);
  if (node == nullptr) return;
  RemoveBelow(path);
  if (path.empty()) return;
  NoteChange(path, *Find(path));
  nodes_.Remove(path);
}

std::vector<std::string> FileTree::Children(absl::string_view directory) const {
  std::vector<std::string> names;
  auto it = nodes_.upper_bound(directory);
  while (it != nodes_.end() && IsBelow(it->first, directory)) {
    const std::string& path = it->first;
    names.emplace_back(BaseName(path));
    if (++it != nodes_.end() && IsBelow(it->first, path)) {
      it = nodes_.lower_bound(absl::StrCat(path, "\001"));
    }
  }
  return names;
}

absl::StatusOr<std::string> FileTree::Resolve(absl::string_view path,
                                              bool follow_last) const {
  return ResolveBelow("", path, follow_last);
}

absl::StatusOr<std::string> FileTree::ResolveBelow(absl::string_view root,
                                                   absl::string_view path,
                                                   bool follow_last) const {
  std::deque<std::string> rest = absl::StrSplit(path, '/', absl::SkipEmpty());
  std::string resolved(root);
  int symlinks = 0;
  while (!rest.empty()) {
    const std::string part = std::move(rest.front());
    rest.pop_front();
    if (part == ".") continue;
    if (part == "..") {
      if (resolved != root) resolved = std::string(ParentPath(resolved));
      continue;
    }
    std::string next =
        resolved.empty() ? part : absl::StrCat(resolved, "/", part);
    if (next.size() > kMaxPath) return CheckLength(next);
    const FileNode* node = Find(next);
    if (node == nullptr || node->type != LayerEntryType::kSymlink ||
        (rest.empty() && !follow_last)) {
      resolved = std::move(next);
      continue;
    }
    if (++symlinks > kMaxSymlinks) {
      return absl::InvalidArgumentError(
          absl::StrCat("too many levels of symbolic links: \"", path, "\""));
    }
    if (node->link_target[0] == '/') resolved = std::string(root);
    const std::vector<std::string> target =
        absl::StrSplit(node->link_target, '/', absl::SkipEmpty());
    rest.insert(rest.begin(), target.begin(), target.end());
  }
  return resolved;
}

}  // namespace rules_dockerfile
