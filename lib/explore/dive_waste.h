#ifndef LIB_EXPLORE_DIVE_WASTE_H_
#define LIB_EXPLORE_DIVE_WASTE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {

// A path that occurs more than once.
struct RepeatedPath {
  std::string path;
  int occurrences = 0;
  int64_t size = 0;  // of all occurrences together

  friend bool operator==(const RepeatedPath&, const RepeatedPath&) = default;
};

// What the program dive reports of an image, by its definition.
struct DiveWaste {
  // The sum of the smallest size of each path, divided by the sum of all sizes;
  // 1 if that is 0.
  double efficiency = 1;
  // The sizes of all paths that occur more than once, the needed occurrence
  // too.
  int64_t wasted_size = 0;
  std::vector<RepeatedPath> paths;  // largest first, then by path

  friend bool operator==(const DiveWaste&, const DiveWaste&) = default;
};

// `layers` base first. A path counts in each layer that has it as a leaf: a
// file, a link, a directory with no entry below it. A whiteout is an occurrence
// of the path that it removes: of size 0 for a file, and for a directory of
// that of all that the layers below have in it. An opaque directory is not
// an occurrence and hides nothing. Paths are compared by their text, not
// through symlinks.
DiveWaste DiveWasteOf(absl::Span<const LayerIndex> layers);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLORE_DIVE_WASTE_H_
