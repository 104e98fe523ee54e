#include "lib/copy/archive_extractor.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/clean_path.h"
#include "lib/copy/archive.h"
#include "lib/copy/owner.h"
#include "lib/copy/target_tree.h"
#include "lib/digest/digest.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"
#include "lib/layer/tar_layer_entry.h"
#include "lib/tar/entry.h"
#include "lib/tar/reader.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMaxPathSize = 4096;  // Linux's PATH_MAX
constexpr int64_t kMaxTime = std::numeric_limits<int64_t>::max() / 1000000000;
constexpr absl::string_view kWhiteoutPrefix = ".wh.";
constexpr absl::string_view kOpaqueWhiteout = ".wh..wh..opq";

class ArchiveExtractor {
 public:
  ArchiveExtractor(const OpenArchive& archive, std::string destination,
                   TargetTree* target)
      : archive_(archive),
        destination_(std::move(destination)),
        target_(target) {}

  absl::Status Extract(const TarMember& member) {
    const TarEntry& entry = member.entry;
    const std::string name = CleanTarPath(entry.path);
    if (name.empty()) return ExtractRoot(member);
    FileTree& rootfs = target_->tree();
    lexical_ = JoinPath(destination_, name);
    if (lexical_.size() > kMaxPathSize) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", name.substr(0, 100), "…\": file name too long"));
    }
    ABSL_ASSIGN_OR_RETURN(const std::string directory, ParentOf(name));
    ABSL_RETURN_IF_ERROR(
        target_->MakeDirectories(directory, 0755, /*owner=*/{}));
    const std::string path = JoinPath(directory, FileNameOf(name));
    if (absl::StartsWith(FileNameOf(name), kWhiteoutPrefix)) {
      Delete(directory, FileNameOf(name));
      return absl::OkStatus();
    }
    added_.insert(path);
    if (entry.type == TarEntryType::kHardLink) {
      return Link(entry, path);
    }
    const FileNode* existing = rootfs.Find(path);
    if (existing != nullptr && (existing->type != LayerEntryType::kDirectory ||
                                entry.type != TarEntryType::kDirectory)) {
      rootfs.Remove(path);
    }
    return rootfs.Put(path, NodeOf(member));
  }

 private:
  // A member that is the destination: "." leaves it as it is, "/" does not.
  absl::Status ExtractRoot(const TarMember& member) {
    if (CleanPath(member.entry.path) == ".") return absl::OkStatus();
    if (member.entry.type != TarEntryType::kDirectory) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", member.entry.path,
                       "\" of the archive: the root must be a directory"));
    }
    if (destination_.empty()) return absl::OkStatus();
    return target_->tree().Put(destination_, NodeOf(member));
  }

  // The directory of the rootfs that holds the member `name`. What is missing
  // of it can be made, but not in the place of a symlink.
  absl::StatusOr<std::string> ParentOf(absl::string_view name) const {
    const FileTree& rootfs = target_->tree();
    const absl::string_view parent = DirectoryOf(name);
    ABSL_ASSIGN_OR_RETURN(
        std::string directory,
        rootfs.ResolveBelow(destination_, parent, /*follow_last=*/true));
    if (rootfs.Find(directory) != nullptr) return directory;
    for (size_t end = 0; end < parent.size();) {
      end = std::min(parent.find('/', end + 1), parent.size());
      const absl::string_view part = parent.substr(0, end);
      ABSL_ASSIGN_OR_RETURN(
          const std::string link,
          rootfs.ResolveBelow(destination_, part, /*follow_last=*/false));
      ABSL_ASSIGN_OR_RETURN(
          const std::string target,
          rootfs.ResolveBelow(destination_, part, /*follow_last=*/true));
      if (rootfs.Find(link) == nullptr) break;
      if (rootfs.Find(target) != nullptr) continue;
      return absl::InvalidArgumentError(absl::StrCat(
          "cannot extract \"/", lexical_, "\": the symlink \"/", link,
          "\" leads to \"/", target, "\", which does not exist"));
    }
    return directory;
  }

  FileNode NodeOf(const TarMember& member) const {
    LayerEntry entry = LayerEntryOf(member.entry, /*path=*/"");
    if (entry.type == LayerEntryType::kFile) {
      entry.offset = archive_.offset + member.offset;
      entry.digest = DigestOf(member.data);
    }
    FileNode node = FileNodeOf(std::move(entry), archive_.source);
    SetMetadata(member.entry, node);
    return node;
  }

  void SetMetadata(const TarEntry& entry, FileNode& node) const {
    const Owner owner =
        target_->owner().value_or(Owner{.uid = entry.uid, .gid = entry.gid});
    node.uid = owner.uid;
    node.gid = owner.gid;
    node.mode_of_data = false;
    node.mode = node.type == LayerEntryType::kSymlink ? 0777 : entry.mode;
    node.mtime = entry.mtime;
    node.mtime_nanos = entry.mtime_nanos;
    // The frontend takes times that it cannot count in nanoseconds for 1970.
    const bool is_counted = 0 <= entry.mtime && entry.mtime <= kMaxTime;
    if (node.type != LayerEntryType::kSymlink && !is_counted) {
      node.mtime = 0;
      node.mtime_nanos = 0;
    }
  }

  // The file that a hard link names.
  absl::StatusOr<std::string> FileOf(const TarEntry& link) const {
    const FileTree& rootfs = target_->tree();
    const std::string text = absl::StrCat("hardlink \"/", lexical_, "\" -> \"",
                                          link.link_target, "\": ");
    ABSL_ASSIGN_OR_RETURN(
        std::string file,
        rootfs.ResolveBelow(destination_, CleanTarPath(link.link_target),
                            /*follow_last=*/false));
    const FileNode* node = rootfs.Find(file);
    if (node == nullptr || node->type == LayerEntryType::kDirectory) {
      return absl::InvalidArgumentError(absl::StrCat(text, "no such file"));
    }
    if (node->type == LayerEntryType::kFile && node->source < 0) {
      return absl::FailedPreconditionError(
          absl::StrCat(text,
                       "it is in a lower layer, which this ADD does not "
                       "read\nhint: ADD reads the layers below if the archive "
                       "has the name of one, such as NAME.tar.gz"));
    }
    return file;
  }

  absl::Status Link(const TarEntry& entry, const std::string& path) {
    FileTree& rootfs = target_->tree();
    ABSL_ASSIGN_OR_RETURN(const std::string file, FileOf(entry));
    if (file == path) return absl::OkStatus();
    const FileNode* node = rootfs.Find(file);
    FileNode linked = *node;
    const bool is_new = target_->IsNewInode(node->inode);
    if (!is_new) linked.inode = target_->NewInode();
    // A symlink keeps its time; chown() takes capabilities away, and no other
    // xattrs.
    SetMetadata(entry, linked);
    if (linked.type == LayerEntryType::kSymlink) {
      linked.mtime = node->mtime;
      linked.mtime_nanos = node->mtime_nanos;
    } else {
      linked.xattrs.erase("security.capability");
      for (const auto& [name, value] : entry.xattrs) {
        linked.xattrs[name] = value;
      }
    }
    const std::set<std::string> names =
        is_new ? NamesOf(node->inode) : std::set<std::string>{file};
    rootfs.Remove(path);
    for (const std::string& name : names) {
      if (name == path) continue;
      ABSL_RETURN_IF_ERROR(rootfs.Put(name, linked));
    }
    names_[linked.inode].insert(file);
    names_[linked.inode].insert(path);
    return rootfs.Put(path, std::move(linked));
  }

  // The names that a file of this step has now.
  std::set<std::string> NamesOf(int64_t inode) {
    const auto [known, is_new] = names_.try_emplace(inode);
    std::set<std::string> names;
    if (is_new) {
      for (const auto& [name, node] : target_->tree().nodes()) {
        if (node.inode == inode) known->second.insert(name);
      }
    }
    for (const std::string& name : known->second) {
      const FileNode* node = target_->tree().Find(name);
      if (node != nullptr && node->inode == inode) names.insert(name);
    }
    return names;
  }

  void Delete(const std::string& directory, absl::string_view name) {
    FileTree& rootfs = target_->tree();
    if (name != kOpaqueWhiteout) {
      absl::ConsumePrefix(&name, kWhiteoutPrefix);
      const std::string path = JoinPath(directory, name);
      if (!name.empty() && !added_.contains(path)) rootfs.Remove(path);
      return;
    }
    for (const std::string& child : rootfs.Children(directory)) {
      const std::string path = JoinPath(directory, child);
      if (!added_.contains(path)) rootfs.Remove(path);
    }
  }

  const OpenArchive& archive_;
  std::string destination_;
  TargetTree* target_;
  std::string lexical_;  // of the current member, below the destination
  std::set<std::string> added_;
  // Names that files with an inode number were seen under.
  std::map<int64_t, std::set<std::string>> names_;
};

}  // namespace

absl::Status ExtractToTarget(const OpenArchive& archive,
                             absl::string_view destination,
                             TargetTree* target) {
  ABSL_ASSIGN_OR_RETURN(
      std::string directory,
      target->tree().Resolve(CleanTarPath(destination), /*follow_last=*/true));
  ABSL_RETURN_IF_ERROR(target->MakeDirectories(
      directory, 0755, target->owner().value_or(Owner())));
  ArchiveExtractor extractor(archive, std::move(directory), target);
  TarReader reader(archive.bytes);
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<TarMember> member, reader.Next());
    if (!member.has_value()) return absl::OkStatus();
    ABSL_RETURN_IF_ERROR(extractor.Extract(*member));
  }
}

}  // namespace rules_dockerfile
