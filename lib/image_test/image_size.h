#ifndef LIB_IMAGE_TEST_IMAGE_SIZE_H_
#define LIB_IMAGE_TEST_IMAGE_SIZE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/image_test/test_report.h"

namespace rules_dockerfile {

// Returns the bytes of "12MB" (12,000,000), "1.5GiB" or "1024". InvalidArgument
// `size "1x": expected a number and optionally kB, MB, GB, TB, KiB, MiB, GiB or
// TiB`.
absl::StatusOr<int64_t> ParseSizeLimit(absl::string_view text);

struct SizedLayer {
  std::string made_by;          // "app/Dockerfile:4: RUN make", "" for unknown
  absl::string_view index;      // text of its index
  int64_t compressed_size = 0;  // of its blob
};

struct SizeLimits {
  std::optional<int64_t> max;
  std::optional<int64_t> max_wasted;
  std::optional<int64_t> max_layers;
  // Whether `max` is for the blobs of the layers; else it is for the data of
  // the files in them.
  bool compressed = false;
};

// Returns one result for each limit of an image, whose label is `image`. The
// problems of a failed one list the ten files or layers that contribute most.
// `layers` base first. InvalidArgument as of FindLayerWaste().
absl::StatusOr<std::vector<TestResult>> CheckImageSize(
    const std::string& image, const std::vector<SizedLayer>& layers,
    const SizeLimits& limits);

}  // namespace rules_dockerfile

#endif  // LIB_IMAGE_TEST_IMAGE_SIZE_H_
