#include "lib/run/lower_layers.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/base/map_guard.h"
#include "lib/digest/digest.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_digest.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"
#include "lib/rootfs/extract.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/run/kept_trees.h"
#include "lib/run/stack_part.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kMaxDatabase = 8 << 20;

FileTree WithoutHardLinks(const FileTree& tree) {
  FileTree single = tree;
  for (auto [path, node] : tree.nodes()) {
    if (node.inode < 0) continue;
    node.inode = -1;
    single.Put(path, std::move(node)).IgnoreError();  // its parent is there
  }
  return single;
}

absl::Status AddIndex(const std::string& path, size_t number, bool is_image,
                      FileTree::Changes* changes, FileTree& tree) {
  ABSL_ASSIGN_OR_RETURN(const MappedFile index, MappedFile::Open(path));
  const int source = static_cast<int>(number);
  return is_image ? tree.AddImageLayerText(index.contents(), source, changes)
                  : tree.AddLayerText(index.contents(), source, changes);
}

// Follows the parts of a stack while the layers are applied, one by one.
class PartReader {
 public:
  explicit PartReader(std::vector<StackPart>* parts) : parts_(parts) {}

  // Where to note what the next layer changes; nullptr if no one wants to know.
  FileTree::Changes* changes() {
    return is_wanted() && next_ > 0 ? &changes_ : nullptr;
  }

  // Layer `i` has been applied to the tree.
  void Applied(size_t i, const FileTree& tree) {
    if (parts_ == nullptr || (*parts_)[next_].end != i + 1) return;
    if (is_wanted()) {
      (*parts_)[next_].tree = next_ == 0 ? tree : ChangedPart(tree, changes_);
    }
    changes_.clear();
    ++next_;
  }

 private:
  bool is_wanted() const {
    return parts_ != nullptr && !(*parts_)[next_].stored;
  }

  std::vector<StackPart>* parts_;
  size_t next_ = 0;
  FileTree::Changes changes_;
};

}  // namespace

std::vector<absl::string_view> LowerLayers::contents() const {
  std::vector<absl::string_view> contents;
  for (const MappedFile& tar : tars) contents.push_back(tar.contents());
  return contents;
}

absl::StatusOr<std::string> NameDatabase(const LowerLayers& lower,
                                         const std::string& path) {
  const std::optional<std::string>& known =
      path == "etc/passwd" ? lower.tree.passwd() : lower.tree.group();
  if (known.has_value()) return *known;
  const absl::StatusOr<std::string> file =
      lower.tree.Resolve(path, /*follow_last=*/true);
  const FileNode* node = file.ok() ? lower.tree.Find(*file) : nullptr;
  if (node == nullptr || node->type != LayerEntryType::kFile ||
      node->size > kMaxDatabase) {
    return "";
  }
  ABSL_ASSIGN_OR_RETURN(const absl::string_view text,
                        DataInLayers(*node, lower.contents()));
  return std::string(text);
}

absl::StatusOr<LowerLayers> ReadLowerLayers(
    const std::vector<std::string>& layers,
    const std::vector<std::string>& indexes, size_t image_layers,
    std::vector<StackPart>* parts, KeptTrees::Found known) {
  if (layers.size() != indexes.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(layers.size(), " layers, but ", indexes.size(),
                     " indexes: expected one index per layer"));
  }
  LowerLayers lower = {.tree = std::move(known.tree), .tars = {}};
  PartReader reader(parts);
  for (size_t i = 0; i < layers.size(); ++i) {
    if (i >= known.layers) {
      ABSL_RETURN_IF_ERROR(AddIndex(indexes[i], i, i < image_layers,
                                    reader.changes(), lower.tree));
    }
    reader.Applied(i, lower.tree);
    ABSL_ASSIGN_OR_RETURN(MappedFile tar, MappedFile::Open(layers[i]));
    lower.tars.push_back(std::move(tar));
  }
  return lower;
}

absl::StatusOr<SpecialOwners> FillWithLayers(const LowerLayers& lower,
                                             const DirectoryToFill& directory) {
  ABSL_ASSIGN_OR_RETURN(
      SpecialOwners owners,
      ExtractTree(
          directory.hard_links ? lower.tree : WithoutHardLinks(lower.tree),
          lower.contents(), directory.owners, directory.fd));
  // No command runs on, and no store keeps, what could not be read.
  ABSL_RETURN_IF_ERROR(MapReadStatus());
  return owners;
}

absl::Status FillWithPart(const LowerLayers& lower, const StackPart& part,
                          OwnerStore owners, int directory_fd) {
  ABSL_RETURN_IF_ERROR(
      ExtractTree(part.tree, lower.contents(), owners, directory_fd).status());
  return MapReadStatus();
}

absl::Status CheckLowerData(const LowerLayers& lower, const FileTree& tree) {
  const std::vector<absl::string_view> contents = lower.contents();
  MappedReads reads(contents);
  Digester digester;
  for (const auto& [path, node] : tree.nodes()) {
    if (node.type != LayerEntryType::kFile) continue;
    ABSL_ASSIGN_OR_RETURN(const absl::string_view data,
                          DataInLayers(node, contents));
    ABSL_RETURN_IF_ERROR(digester.Append(data));
    reads.Add(data.size());
    if (FileDigest(digester.FinishHash()) == node.digest) continue;
    return absl::DataLossError(
        absl::StrCat("layer ", node.source, ": the data of \"", path,
                     "\" does not match the layer's index"));
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
