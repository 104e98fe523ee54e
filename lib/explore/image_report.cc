#include "lib/explore/image_report.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/explore/build_plan.h"
#include "lib/explore/dive_waste.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/layer_waste.h"
#include "lib/oci/descriptor.h"

namespace rules_dockerfile {
namespace {

// The data of a file: the number of its layer and its place in the tar.
using StoredFile = std::pair<int, int64_t>;

StoredFile StoredFileOf(const FileNode& node) {
  return {node.source, node.offset};
}

bool IsSameDirectory(const FileNode& a, const FileNode& b) {
  return a.type == LayerEntryType::kDirectory && a.type == b.type &&
         a.mode == b.mode && a.uid == b.uid && a.gid == b.gid &&
         a.xattrs == b.xattrs;
}

// Applies the layers and notes what each did.
class ReportMaker {
 public:
  explicit ReportMaker(const ReportInput& input) : input_(input) {}

  absl::StatusOr<ImageReport> Make() {
    report_.name = input_.name;
    report_.config = input_.config;
    report_.packages = input_.packages;
    ABSL_ASSIGN_OR_RETURN(report_.instructions,
                          InstructionsOfImage(input_.config, input_.plans));
    for (size_t i = 0; i < input_.layers.size(); ++i) {
      ABSL_RETURN_IF_ERROR(AddLayer(static_cast<int>(i)));
    }
    for (size_t i = 0; i < report_.instructions.size(); ++i) {
      const int layer = report_.instructions[i].layer;
      if (layer >= 0) report_.layers[layer].instruction = static_cast<int>(i);
    }
    NoteShown();
    NoteHidden();
    NoteDuplicates();
    report_.dive = DiveWasteOf(input_.layers);
    return std::move(report_);
  }

 private:
  struct Place {  // of an entry in the report
    int layer;
    size_t entry;
  };

  absl::Status AddLayer(int number) {
    LayerIndex index = input_.layers[number];
    index.snapshot.clear();  // the image does not have it
    const FileTree before = tree_;
    FileTree::Changes changes;
    ABSL_RETURN_IF_ERROR(tree_.AddLayer(index, number, &changes));
    waste_.AddLayer(index, number, before, tree_, changes);
    const LayerDescriptor& descriptor = input_.descriptors[number];
    ReportLayer layer = {.diff_id = descriptor.diff_id,
                         .digest = descriptor.blob.digest,
                         .media_type = descriptor.blob.media_type,
                         .compressed_size = descriptor.blob.size};
    for (const LayerEntry& entry : index.entries) {
      if (entry.type == LayerEntryType::kFile) layer.stored_size += entry.size;
    }
    report_.totals.stored_size += layer.stored_size;
    report_.totals.compressed_size += layer.compressed_size;
    report_.layers.push_back(std::move(layer));
    // The first name of each file that the layer has.
    first_names_.clear();
    for (const auto& change : changes) {
      AddEntry(number, change.first, before.Find(change.first),
               tree_.Find(change.first));
    }
    return absl::OkStatus();
  }

  void AddEntry(int number, const std::string& path, const FileNode* before,
                const FileNode* after) {
    if (path.empty() || (before == nullptr && after == nullptr)) return;
    if (before != nullptr && after != nullptr &&
        (IsSameDirectory(*before, *after) || IsSameNode(*before, *after))) {
      return;
    }
    ReportLayer& layer = report_.layers[number];
    ReportEntry entry = EntryOf(path, after != nullptr ? *after : *before);
    if (before != nullptr) entry.size_before = before->size;
    MarkTotal* total = &layer.added;
    if (after == nullptr) {
      entry.mark = EntryMark::kRemoved;
      total = &layer.removed;
      total->size += entry.size_before;
    } else {
      if (before != nullptr) {
        entry.mark = EntryMark::kChanged;
        total = &layer.changed;
      }
      NameStoredFile(number, *after, entry);
      total->size += entry.stored_size;
    }
    ++total->entries;
    places_[path] = {.layer = number, .entry = layer.entries.size()};
    layer.entries.push_back(std::move(entry));
  }

  // Whether only the link group of the node is another one.
  static bool IsSameNode(FileNode before, const FileNode& after) {
    before.inode = after.inode;
    return before == after;
  }

  static ReportEntry EntryOf(const std::string& path, const FileNode& node) {
    return {.path = path,
            .type = node.type,
            .mode = node.mode,
            .uid = node.uid,
            .gid = node.gid,
            .link_target = node.link_target,
            .digest = node.digest};
  }

  // The first name of a file in a layer has its data, the others are links.
  void NameStoredFile(int number, const FileNode& node, ReportEntry& entry) {
    if (node.type != LayerEntryType::kFile) return;
    const bool is_here = node.source == number;
    const auto [name, is_first] =
        first_names_.try_emplace(StoredFileOf(node), entry.path);
    if (is_first && is_here) {
      entry.stored_size = node.size;
    } else if (!is_first) {
      entry.type = LayerEntryType::kHardLink;
      entry.link_target = name->second;
    }
  }

  void NoteShown() {
    ReportTotals& totals = report_.totals;
    for (const auto& [path, node] : tree_.nodes()) {
      if (path.empty()) continue;
      const Place place = places_.at(path);
      ReportEntry& entry = report_.layers[place.layer].entries[place.entry];
      entry.is_shown = true;
      if (node.type == LayerEntryType::kDirectory) {
        ++totals.directories;
      } else if (node.type == LayerEntryType::kSymlink) {
        ++totals.links;
      } else if (node.type != LayerEntryType::kFile) {
        ++totals.others;
      } else if (shown_.insert(StoredFileOf(node)).second) {
        ++totals.files;
        entry.shown_size = node.size;
        totals.shown_size += node.size;
        if (node.size > 0) by_digest_[node.digest.ToString()].push_back(path);
      } else {
        ++totals.links;
      }
    }
  }

  void NoteHidden() {
    LayerWaste waste = waste_.WasteOf(tree_);
    report_.totals.hidden_size = waste.size;
    for (const WastedFile& file : waste.files) {
      report_.layers[file.layer].hidden_size += file.size;
    }
    report_.hidden = std::move(waste.files);
  }

  void NoteDuplicates() {
    for (auto& [digest, paths] : by_digest_) {
      if (paths.size() < 2) continue;
      const FileNode* const file = tree_.Find(paths[0]);
      report_.duplicates.push_back({file->size, std::move(paths)});
      report_.totals.duplicate_size += report_.duplicates.back().wasted_size();
    }
    std::sort(report_.duplicates.begin(), report_.duplicates.end(),
              [](const DuplicateFiles& a, const DuplicateFiles& b) {
                return a.wasted_size() != b.wasted_size()
                           ? a.wasted_size() > b.wasted_size()
                           : a.paths < b.paths;
              });
  }

  const ReportInput& input_;
  ImageReport report_;
  FileTree tree_;
  std::unordered_map<std::string, Place> places_;  // the last of each path
  std::map<StoredFile, std::string> first_names_;  // of the layer
  WasteFinder waste_;
  std::set<StoredFile> shown_;
  std::map<std::string, std::vector<std::string>> by_digest_;
};

}  // namespace

absl::StatusOr<ImageReport> MakeImageReport(const ReportInput& input) {
  const size_t layers = input.config.diff_ids.size();
  if (input.descriptors.size() != layers || input.layers.size() != layers) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected ", layers,
        " descriptors and indexes, as the config has diff_ids, got ",
        input.descriptors.size(), " and ", input.layers.size()));
  }
  return ReportMaker(input).Make();
}

}  // namespace rules_dockerfile
