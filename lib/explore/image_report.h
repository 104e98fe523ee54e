#ifndef LIB_EXPLORE_IMAGE_REPORT_H_
#define LIB_EXPLORE_IMAGE_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/explore/build_plan.h"
#include "lib/explore/dive_waste.h"
#include "lib/explore/image_packages.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/layer_waste.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"

namespace rules_dockerfile {

// What a layer did to a path.
enum class EntryMark : uint8_t { kAdded, kChanged, kRemoved };

// A path that a layer added, changed or removed. A directory whose mode, owner
// and xattrs stay as they are is not changed, whatever its time.
struct ReportEntry {
  std::string path;  // in the root, through the symlinks of its parents
  EntryMark mark = EntryMark::kAdded;
  // These describe what the layer left; of a removed path, what was there.
  LayerEntryType type = LayerEntryType::kFile;  // a further name is kHardLink
  uint32_t mode = 0;
  int64_t uid = 0;
  int64_t gid = 0;
  std::string link_target;
  FileDigest digest;
  int64_t stored_size = 0;  // data that this layer has for this name
  int64_t size_before = 0;  // of what was there
  // Whether the image shows what this entry left, and how many bytes of data.
  // Of the names of a file the first shown one has its size, the others 0.
  bool is_shown = false;
  int64_t shown_size = 0;

  friend bool operator==(const ReportEntry&, const ReportEntry&) = default;
};

struct MarkTotal {
  int64_t entries = 0;
  int64_t size = 0;  // stored; of what was removed, the size before

  friend bool operator==(const MarkTotal&, const MarkTotal&) = default;
};

struct ReportLayer {
  std::string diff_id;
  std::string digest;           // of the blob
  std::string media_type;       // of the blob
  int64_t compressed_size = 0;  // of the blob
  int64_t stored_size = 0;      // data of the files of the layer tar
  int64_t hidden_size = 0;      // of that, what the image does not show
  MarkTotal added, changed, removed;
  int instruction = -1;              // index of the one that made it
  std::vector<ReportEntry> entries;  // in tree order

  friend bool operator==(const ReportLayer&, const ReportLayer&) = default;
};

// Files of the image with the same data, which are not links of each other.
struct DuplicateFiles {
  int64_t size = 0;  // of one of them
  std::vector<std::string> paths;

  int64_t wasted_size() const {
    return size * (static_cast<int64_t>(paths.size()) - 1);
  }
  friend bool operator==(const DuplicateFiles&,
                         const DuplicateFiles&) = default;
};

struct ReportTotals {
  int64_t files = 0;  // of the image, and so are the next three
  int64_t directories = 0;
  int64_t links = 0;  // symlinks and further names of a file
  int64_t others = 0;
  int64_t shown_size = 0;   // data of the files of the image
  int64_t stored_size = 0;  // data of the files of all layers
  int64_t compressed_size = 0;
  int64_t hidden_size = 0;  // stored_size - shown_size
  int64_t duplicate_size = 0;

  friend bool operator==(const ReportTotals&, const ReportTotals&) = default;
};

// What an image consists of. docs/explore.md defines each number.
struct ImageReport {
  std::string name;
  ImageConfig config;
  std::vector<ReportInstruction> instructions;
  std::vector<ReportLayer> layers;  // base first
  ReportTotals totals;
  std::vector<WastedFile> hidden;          // as in LayerWaste
  std::vector<DuplicateFiles> duplicates;  // largest waste first, then by path
  DiveWaste dive;
  ImagePackages packages;

  friend bool operator==(const ImageReport&, const ImageReport&) = default;
};

struct ReportInput {
  std::string name;
  ImageConfig config;
  std::vector<LayerDescriptor> descriptors;  // base first, and so are these
  std::vector<LayerIndex> layers;
  std::vector<BuildPlan> plans;
  ImagePackages packages;
};

// InvalidArgument if the numbers of layers differ (`expected 2 descriptors and
// indexes, as the config has diff_ids, got 1 and 2`), or for a layer that
// FileTree::AddLayer() refuses.
absl::StatusOr<ImageReport> MakeImageReport(const ReportInput& input);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLORE_IMAGE_REPORT_H_
