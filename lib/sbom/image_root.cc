#include "lib/sbom/image_root.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {
namespace {

std::optional<std::string> FindType(const FileTree& tree,
                                    absl::string_view path,
                                    LayerEntryType type) {
  absl::StatusOr<std::string> resolved =
      tree.Resolve(path, /*follow_last=*/true);
  if (!resolved.ok()) return std::nullopt;
  const FileNode* const node = tree.Find(*resolved);
  if (node == nullptr || node->type != type) return std::nullopt;
  return *std::move(resolved);
}

}  // namespace

absl::StatusOr<absl::string_view> FileBytes(
    const FileNode& file, absl::Span<const absl::string_view> tars,
    absl::string_view path, int64_t max_size) {
  if (file.size > max_size) {
    return absl::ResourceExhaustedError(
        absl::StrCat("\"", path, "\": expected at most ", max_size,
                     " bytes, got ", file.size));
  }
  return DataInLayers(file, tars);
}

std::optional<std::string> ImageRoot::FindFile(absl::string_view path) const {
  return FindType(tree_, path, LayerEntryType::kFile);
}

std::optional<std::string> ImageRoot::FindDirectory(
    absl::string_view path) const {
  return FindType(tree_, path, LayerEntryType::kDirectory);
}

absl::StatusOr<absl::string_view> ImageRoot::Data(absl::string_view path,
                                                  int64_t max_size) const {
  const FileNode* const node = tree_.Find(path);
  if (node == nullptr || node->type != LayerEntryType::kFile) {
    return absl::NotFoundError(
        absl::StrCat("\"", path, "\": expected a regular file"));
  }
  ABSL_ASSIGN_OR_RETURN(const absl::string_view data,
                        FileBytes(*node, tars_, path, max_size));
  const auto size = static_cast<int64_t>(data.size());
  if (left_ < size) {
    left_ = -1;
    return absl::ResourceExhaustedError(
        absl::StrCat("\"", path, "\": too much has been read"));
  }
  left_ -= size;
  return data;
}

bool ImageRoot::BeginsWith(absl::string_view path, absl::string_view bytes,
                           int64_t max_size) const {
  const FileNode* const node = tree_.Find(path);
  if (node == nullptr || node->type != LayerEntryType::kFile) return false;
  const auto data = FileBytes(*node, tars_, path, max_size);
  return data.ok() && absl::StartsWith(*data, bytes);
}

std::string ImageRoot::ResolvedParent(const std::string& parent) const {
  const auto [known, is_new] = parents_.try_emplace(parent);
  if (is_new) {
    absl::StatusOr<std::string> resolved =
        tree_.Resolve(parent, /*follow_last=*/true);
    known->second = resolved.ok() ? *std::move(resolved) : parent;
  }
  return known->second;
}

std::vector<std::string> ImageRoot::ExistingFiles(
    const std::vector<std::string>& paths) const {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::string clean = CleanTarPath(path);
    if (const size_t slash = clean.rfind('/'); slash != clean.npos) {
      const std::string parent = ResolvedParent(clean.substr(0, slash));
      clean = absl::StrCat(parent, parent.empty() ? "" : "/",
                           absl::string_view(clean).substr(slash + 1));
    }
    const FileNode* const node = tree_.Find(clean);
    if (node == nullptr || node->type == LayerEntryType::kDirectory) continue;
    if (node->type == LayerEntryType::kSymlink &&
        FindDirectory(clean).has_value()) {
      continue;
    }
    files.push_back(std::move(clean));
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

int64_t ImageRoot::SizeOf(const std::vector<std::string>& files) const {
  std::set<int64_t> inodes;
  int64_t size = 0;
  for (const std::string& file : files) {
    const FileNode* const node = tree_.Find(file);
    if (node == nullptr || node->type != LayerEntryType::kFile) continue;
    if (node->inode >= 0 && !inodes.insert(node->inode).second) continue;
    size += node->size;
  }
  return size;
}

}  // namespace rules_dockerfile
