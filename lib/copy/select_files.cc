#include "lib/copy/select_files.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/dockerfile/values/suggest.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMaxPath = 4095;  // PATH_MAX without its NUL

std::string Below(absl::string_view directory, absl::string_view name) {
  return directory.empty() ? std::string(name)
                           : absl::StrCat(directory, "/", name);
}

bool IsDirectory(const FileNode& node) {
  return node.type == LayerEntryType::kDirectory;
}

// A path that is like `wanted`, else one with the same name.
std::string Suggestion(const FileTree& tree, const std::string& wanted) {
  const std::string name = wanted.substr(wanted.rfind('/'));
  std::vector<std::string> known;
  std::string same_name;
  for (const auto& [path, node] : tree.nodes()) {
    known.push_back(absl::StrCat("/", path));
    if (same_name.empty() && absl::EndsWith(known.back(), name)) {
      same_name = absl::StrCat(" (did you mean ", known.back(), "?)");
    }
  }
  const std::string like = DidYouMean(wanted, known, /*case_sensitive=*/true);
  return like.empty() ? same_name : like;
}

// The place of what the clean `path` leads to.
absl::StatusOr<std::string> Find(const FileTree& tree,
                                 const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::string place,
                        tree.Resolve(path, /*follow_last=*/true));
  if (tree.Find(place) != nullptr) return place;
  const std::string wanted = absl::StrCat("/", place);
  return absl::NotFoundError(absl::StrCat(
      "\"", wanted, "\": not found",
      place == path ? "" : absl::StrCat(" (\"/", path, "\" leads there)"),
      Suggestion(tree, wanted)));
}

// Sorted and without doubles, so that what is above comes first.
std::vector<std::string> CleanPaths(absl::Span<const std::string> paths) {
  std::vector<std::string> clean;
  for (const std::string& path : paths) clean.push_back(CleanTarPath(path));
  std::sort(clean.begin(), clean.end(), FileTree::PathLess());
  clean.erase(std::unique(clean.begin(), clean.end()), clean.end());
  return clean;
}

// Makes the directories above `path` in `out`, as `tree` has them.
absl::Status MakeParents(const FileTree& tree, const std::string& path,
                         FileTree* out) {
  for (size_t end = path.find('/'); end != std::string::npos;
       end = path.find('/', end + 1)) {
    const std::string parent = path.substr(0, end);
    const FileNode* made = out->Find(parent);
    if (made != nullptr && IsDirectory(*made)) continue;
    const FileNode* node = tree.Find(parent);
    const bool is_directory = node != nullptr && IsDirectory(*node);
    ABSL_RETURN_IF_ERROR(out->Put(parent, is_directory ? *node : FileNode()));
  }
  return absl::OkStatus();
}

FileNode Plain(FileNode node) {
  node.mode = (node.mode & 0777) | (IsDirectory(node) ? 0700 : 0400);
  node.uid = 0;
  node.gid = 0;
  node.xattrs.clear();
  return node;
}

// Copies files and directories, and what symlinks lead to.
class PlainCopier {
 public:
  PlainCopier(const FileTree& tree, size_t max_files, FileTree* out)
      : tree_(tree), max_files_(max_files), out_(*out) {}

  // `from` is a place without links.
  absl::Status Copy(const std::string& from, const std::string& to);

 private:
  absl::Status CopyLink(const std::string& link, const std::string& to);
  absl::Status CopyDirectory(const std::string& from, const std::string& to,
                             const FileNode& node);
  absl::Status Put(const std::string& to, const FileNode& node);

  const FileTree& tree_;
  const size_t max_files_;
  FileTree& out_;
  size_t files_ = 0;
  std::vector<std::string> open_;  // the directories that are being copied
};

absl::Status PlainCopier::Put(const std::string& to, const FileNode& node) {
  if (++files_ > max_files_) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "expected at most ", max_files_,
        " files, got more, as symlinks are followed\nhint: a tar keeps them"));
  }
  if (to.size() > kMaxPath) {
    return absl::ResourceExhaustedError(
        absl::StrCat("expected paths of at most ", kMaxPath,
                     " bytes, got more, as symlinks are followed\n"
                     "hint: a tar keeps them"));
  }
  return to.empty() ? absl::OkStatus() : out_.Put(to, node);
}

absl::Status PlainCopier::Copy(const std::string& from, const std::string& to) {
  const FileNode& node = *tree_.Find(from);
  switch (node.type) {
    case LayerEntryType::kFile:
      return Put(to, node);
    case LayerEntryType::kDirectory:
      return CopyDirectory(from, to, node);
    case LayerEntryType::kSymlink:
      return CopyLink(from, to);
    default:
      return absl::OkStatus();
  }
}

absl::Status PlainCopier::CopyLink(const std::string& link,
                                   const std::string& to) {
  const absl::StatusOr<std::string> place =
      tree_.Resolve(link, /*follow_last=*/true);
  if (!place.ok() || tree_.Find(*place) == nullptr) return absl::OkStatus();
  return Copy(*place, to);
}

absl::Status PlainCopier::CopyDirectory(const std::string& from,
                                        const std::string& to,
                                        const FileNode& node) {
  if (absl::c_linear_search(open_, from)) return absl::OkStatus();
  const FileNode* made = out_.Find(to);
  if (made == nullptr || !IsDirectory(*made)) {
    ABSL_RETURN_IF_ERROR(Put(to, node));
  }
  open_.push_back(from);
  for (const std::string& name : tree_.Children(from)) {
    ABSL_RETURN_IF_ERROR(Copy(Below(from, name), Below(to, name)));
  }
  open_.pop_back();
  return absl::OkStatus();
}

// Puts what is at `from`, and all below it, at `to`.
absl::Status CopyAsItIs(const FileTree& tree, const std::string& from,
                        const std::string& to, FileTree* out) {
  const std::string prefix = from.empty() ? "" : from + "/";
  if (!to.empty()) {
    ABSL_RETURN_IF_ERROR(out->Put(to, *tree.Find(from)));
  }
  for (auto node = tree.nodes().upper_bound(from);
       node != tree.nodes().end() && absl::StartsWith(node->first, prefix);
       ++node) {
    const std::string rest = node->first.substr(prefix.size());
    ABSL_RETURN_IF_ERROR(out->Put(Below(to, rest), node->second));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FileTree> SelectFiles(const FileTree& tree,
                                     absl::Span<const std::string> paths) {
  FileTree out;
  for (const std::string& path : CleanPaths(paths)) {
    ABSL_ASSIGN_OR_RETURN(const std::string place, Find(tree, path));
    ABSL_RETURN_IF_ERROR(MakeParents(tree, path, &out));
    ABSL_RETURN_IF_ERROR(CopyAsItIs(tree, place, path, &out));
  }
  return out;
}

absl::StatusOr<FileTree> SelectPlainFiles(const FileTree& tree,
                                          absl::Span<const std::string> paths,
                                          size_t max_files) {
  FileTree out;
  PlainCopier copier(tree, max_files, &out);
  for (const std::string& path : CleanPaths(paths)) {
    ABSL_ASSIGN_OR_RETURN(const std::string place, Find(tree, path));
    ABSL_RETURN_IF_ERROR(MakeParents(tree, path, &out));
    ABSL_RETURN_IF_ERROR(copier.Copy(place, path));
  }
  FileTree plain;
  for (const auto& [path, node] : out.nodes()) {
    if (path.empty()) continue;
    ABSL_RETURN_IF_ERROR(plain.Put(path, Plain(node)));
  }
  return plain;
}

absl::StatusOr<FileNode> SelectPlainFile(const FileTree& tree,
                                         const std::string& path) {
  const std::string clean = CleanTarPath(path);
  ABSL_ASSIGN_OR_RETURN(const std::string place, Find(tree, clean));
  const FileNode& node = *tree.Find(place);
  if (node.type != LayerEntryType::kFile) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"/", clean, "\": expected a file, got a ",
                     LayerEntryTypeName(node.type)));
  }
  return Plain(node);
}

}  // namespace rules_dockerfile
