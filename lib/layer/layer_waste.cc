#include "lib/layer/layer_waste.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {
namespace {

struct StoredFile {
  std::string path;    // as the layer has it
  std::string landed;  // where it is in the image
  int layer = 0;
  int64_t offset = 0;
  int64_t size = 0;
};

// What a layer did to a path that was there.
struct PathChange {
  int layer = 0;
  bool removed = false;
};

class WasteFinder {
 public:
  absl::Status AddLayer(absl::string_view text, int number) {
    ABSL_ASSIGN_OR_RETURN(LayerIndex index, ParseLayerIndex(text));
    index.snapshot.clear();  // the image does not have it
    FileTree::Changes changes;
    ABSL_RETURN_IF_ERROR(tree_.AddLayer(index, number, &changes));
    for (const auto& [path, before] : changes) {
      if (!before.existed) continue;
      changes_[path].push_back(
          {.layer = number, .removed = tree_.Find(path) == nullptr});
    }
    for (LayerEntry& entry : index.entries) {
      if (entry.type != LayerEntryType::kFile || entry.size == 0) continue;
      ABSL_ASSIGN_OR_RETURN(std::string landed,
                            tree_.Resolve(entry.path, /*follow_last=*/false));
      stored_.push_back({.path = std::move(entry.path),
                         .landed = std::move(landed),
                         .layer = number,
                         .offset = entry.offset,
                         .size = entry.size});
    }
    return absl::OkStatus();
  }

  LayerWaste Waste() const {
    std::set<std::pair<int, int64_t>> shown;
    for (const auto& [path, node] : tree_.nodes()) {
      if (node.type == LayerEntryType::kFile) {
        shown.emplace(node.source, node.offset);
      }
    }
    LayerWaste waste;
    for (const StoredFile& file : stored_) {
      if (shown.contains({file.layer, file.offset})) continue;
      const PathChange change = ChangeOf(file);
      waste.size += file.size;
      waste.files.push_back({.path = file.path,
                             .size = file.size,
                             .layer = file.layer,
                             .by_layer = change.layer,
                             .removed = change.removed});
    }
    std::ranges::stable_sort(waste.files, std::ranges::greater(),
                             &WastedFile::size);
    return waste;
  }

 private:
  // What the first layer above that of a file did to its path.
  PathChange ChangeOf(const StoredFile& file) const {
    const auto found = changes_.find(file.landed);
    if (found != changes_.end()) {
      for (const PathChange& change : found->second) {
        if (change.layer > file.layer) return change;
      }
    }
    return {.layer = file.layer};
  }

  FileTree tree_;
  std::vector<StoredFile> stored_;
  std::map<std::string, std::vector<PathChange>> changes_;
};

}  // namespace

absl::StatusOr<LayerWaste> FindLayerWaste(
    absl::Span<const absl::string_view> indexes) {
  WasteFinder finder;
  for (size_t i = 0; i < indexes.size(); ++i) {
    const absl::Status added = finder.AddLayer(indexes[i], static_cast<int>(i));
    if (!added.ok()) {
      return absl::Status(added.code(),
                          absl::StrCat("layer ", i + 1, ": ", added.message()));
    }
  }
  return finder.Waste();
}

}  // namespace rules_dockerfile
