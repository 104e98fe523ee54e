#include "lib/layer/file_tree.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/snapshot_xattrs.h"
#include "lib/layer/whiteout.h"

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

FileNode NodeOf(const LayerEntry& entry, int source) {
  FileNode node = {
      .type = entry.type,
      .mode = entry.mode,
      .uid = entry.uid,
      .gid = entry.gid,
      .mtime = entry.mtime,
      .mtime_nanos = entry.mtime_nanos,
      .link_target = entry.link_target,
      .device_major = entry.device_major,
      .device_minor = entry.device_minor,
      .xattrs = entry.xattrs,
      .size = entry.size,
      .digest = entry.digest,
  };
  // No file system keeps another mode of a symlink.
  if (entry.type == LayerEntryType::kSymlink) node.mode = 0777;
  if (entry.type == LayerEntryType::kFile) {
    node.source = source;
    node.offset = entry.offset;
  }
  return node;
}

// The state of a name database, to notice that it was replaced.
std::string DigestAt(const FileTree& tree, absl::string_view path) {
  const FileNode* node = tree.Find(path);
  return node == nullptr ? "" : node->digest;
}

}  // namespace

bool FileTree::PathLess::operator()(absl::string_view a,
                                    absl::string_view b) const {
  // A slash ends a component, so it comes before any byte of a longer name.
  const auto rank = [](char c) {
    return c == '/' ? 0 : static_cast<int>(static_cast<unsigned char>(c)) + 1;
  };
  const auto [at_a, at_b] =
      std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at_a == a.end() || at_b == b.end()) return a.size() < b.size();
  return rank(*at_a) < rank(*at_b);
}

absl::Status FileTree::AddLayer(const LayerIndex& layer, int source,
                                Changes* changes) {
  changes_ = changes;
  absl::Status added = AddLayerEntries(layer, source);
  changes_ = nullptr;
  return added;
}

absl::Status FileTree::AddLayerEntries(const LayerIndex& layer, int source) {
  for (const LayerEntry& entry : layer.entries) {
    ABSL_RETURN_IF_ERROR(CheckLength(entry.path));
    if (entry.link_target.size() > kMaxPath) {
      return absl::InvalidArgumentError(absl::StrCat(
          "layer entry \"", entry.path, "\": the link target is too long"));
    }
  }
  const std::string old_passwd = DigestAt(*this, "etc/passwd");
  const std::string old_group = DigestAt(*this, "etc/group");
  // A whiteout never hides what its own layer has, wherever it stands.
  for (const LayerEntry& entry : layer.entries) {
    if (entry.type == LayerEntryType::kWhiteout ||
        entry.type == LayerEntryType::kOpaque) {
      AddWhiteout(entry);
    }
  }
  for (const LayerEntry& entry : layer.entries) {
    if (entry.type != LayerEntryType::kWhiteout &&
        entry.type != LayerEntryType::kOpaque) {
      ABSL_RETURN_IF_ERROR(AddEntry(entry, source));
    }
  }
  ABSL_RETURN_IF_ERROR(AddSnapshot(layer.snapshot));
  const std::string new_passwd = DigestAt(*this, "etc/passwd");
  if (layer.passwd.has_value()) {
    passwd_ = layer.passwd;
  } else if (new_passwd.empty() || new_passwd != old_passwd) {
    passwd_.reset();
  }
  const std::string new_group = DigestAt(*this, "etc/group");
  if (layer.group.has_value()) {
    group_ = layer.group;
  } else if (new_group.empty() || new_group != old_group) {
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
  const auto directory = nodes_.find(*path);
  if (directory == nodes_.end()) return;
  Erase(std::next(directory), SubtreeEnd(*path));
}

void FileTree::Erase(Nodes::iterator begin, Nodes::iterator end) {
  if (changes_ != nullptr) {
    for (auto node = begin; node != end; ++node) NoteChange(node);
  }
  nodes_.erase(begin, end);
}

void FileTree::NoteChange(Nodes::iterator node) {
  if (changes_ == nullptr) return;
  changes_->try_emplace(
      node->first, NodeBefore{.existed = true, .inode = node->second.inode});
}

void FileTree::NoteCreated(absl::string_view path) {
  if (changes_ != nullptr) changes_->try_emplace(std::string(path));
}

absl::StatusOr<std::string> FileTree::Place(absl::string_view path) {
  // No path of the tree leads through a symlink.
  if (IsDirectory(Find(ParentPath(path)))) return std::string(path);
  ABSL_ASSIGN_OR_RETURN(const std::string parent,
                        Resolve(ParentPath(path), /*follow_last=*/true));
  ABSL_RETURN_IF_ERROR(CheckLength(parent));
  for (size_t end = 0; end < parent.size();) {
    end = std::min(parent.find('/', end + 1), parent.size());
    const std::string directory = parent.substr(0, end);
    ABSL_RETURN_IF_ERROR(CheckLength(directory));
    const auto [node, made] = nodes_.try_emplace(directory);
    if (made) NoteCreated(directory);
    if (!made && !IsDirectory(&node->second)) {
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
  const auto node = nodes_.find(target);
  if (node == nodes_.end() || IsDirectory(&node->second)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "layer entry \"", link.path, "\": hard link to \"", link.link_target,
        node == nodes_.end() ? "\", which does not exist"
                             : "\", which is a directory"));
  }
  if (node->second.inode < 0) {
    NoteChange(node);
    node->second.inode = NewInode();
  }
  return node->second;
}

absl::Status FileTree::AddEntry(const LayerEntry& entry, int source) {
  if (entry.path.empty()) return Put("", NodeOf(entry, source));
  ABSL_ASSIGN_OR_RETURN(const std::string path, Place(entry.path));
  if (entry.type != LayerEntryType::kHardLink) {
    return Put(path, NodeOf(entry, source));
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
    const auto node = nodes_.find(entry.path);
    if (node == nodes_.end()) return missing(entry.path, "such file");
    NoteChange(node);
    std::map<std::string, std::string>& xattrs = node->second.xattrs;
    std::erase_if(xattrs,
                  [](const auto& x) { return IsSnapshotXattr(x.first); });
    absl::c_copy_if(entry.xattrs, std::inserter(xattrs, xattrs.end()),
                    [](const auto& x) { return IsSnapshotXattr(x.first); });
  }
  std::set<std::string> linked;  // the files that got their inode here
  for (const SnapshotEntry& entry : entries) {
    if (entry.link_target.empty()) continue;
    const auto node = nodes_.find(entry.path);
    const auto file = nodes_.find(entry.link_target);
    if (node == nodes_.end() || IsDirectory(&node->second)) {
      return missing(entry.path, "such file");
    }
    if (file == nodes_.end() || IsDirectory(&file->second)) {
      return missing(entry.path,
                     absl::StrCat("file \"", entry.link_target, "\""));
    }
    NoteChange(node);
    NoteChange(file);
    if (linked.insert(entry.link_target).second) {
      file->second.inode = NewInode();
    }
    node->second = file->second;
  }
  return absl::OkStatus();
}

const FileNode* FileTree::Find(absl::string_view path) const {
  const auto it = nodes_.find(path);
  return it == nodes_.end() ? nullptr : &it->second;
}

absl::Status FileTree::Put(absl::string_view path, FileNode node) {
  ABSL_RETURN_IF_ERROR(CheckLength(path));
  if (path.empty() ? !IsDirectory(&node)
                   : !IsDirectory(Find(ParentPath(path)))) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", ParentPath(path), "\" must be an existing directory"));
  }
  next_inode_ = std::max(next_inode_, node.inode + 1);
  const auto old = nodes_.find(path);
  if (old == nodes_.end()) {
    NoteCreated(path);
  } else {
    NoteChange(old);
    if (!IsDirectory(&old->second) || !IsDirectory(&node)) Remove(path);
  }
  nodes_.insert_or_assign(std::string(path), std::move(node));
  return absl::OkStatus();
}

void FileTree::Remove(absl::string_view path) {
  const auto begin = nodes_.find(path);
  if (begin == nodes_.end()) return;
  Erase(path.empty() ? std::next(begin) : begin, SubtreeEnd(path));
}

FileTree::Nodes::iterator FileTree::SubtreeEnd(absl::string_view path) {
  if (path.empty()) return nodes_.end();
  // No name has a byte less than 1, except for the slash that begins the
  // subtree.
  return nodes_.lower_bound(absl::StrCat(path, "\001"));
}

std::vector<std::string> FileTree::Children(absl::string_view directory) const {
  std::vector<std::string> names;
  auto it = nodes_.upper_bound(directory);
  while (it != nodes_.end() && IsBelow(it->first, directory)) {
    names.emplace_back(BaseName(it->first));
    it = nodes_.lower_bound(absl::StrCat(it->first, "\001"));
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

std::string DumpFileTree(const FileTree& tree) {
  std::string dump;
  for (const auto& [path, node] : tree.nodes()) {
    absl::StrAppendFormat(&dump, "%s %s %04o %d:%d %d",
                          path.empty() ? "." : absl::CEscape(path),
                          LayerEntryTypeName(node.type), node.mode, node.uid,
                          node.gid, node.mtime);
    if (node.mtime_nanos != 0) {
      absl::StrAppendFormat(&dump, ".%09d", node.mtime_nanos);
    }
    if (node.type == LayerEntryType::kSymlink) {
      absl::StrAppend(&dump, " -> ", absl::CEscape(node.link_target));
    }
    if (node.type == LayerEntryType::kFile) {
      absl::StrAppend(&dump, " ", node.size, " ", node.digest);
    }
    if (node.type == LayerEntryType::kCharDevice ||
        node.type == LayerEntryType::kBlockDevice) {
      absl::StrAppend(&dump, " ", node.device_major, ":", node.device_minor);
    }
    for (const auto& [name, value] : node.xattrs) {
      absl::StrAppend(&dump, " ", name, "=", absl::BytesToHexString(value));
    }
    if (node.inode >= 0) absl::StrAppend(&dump, " inode=", node.inode);
    dump.push_back('\n');
  }
  return dump;
}

}  // namespace rules_dockerfile
