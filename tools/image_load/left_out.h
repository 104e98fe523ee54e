#ifndef TOOLS_IMAGE_LOAD_LEFT_OUT_H_
#define TOOLS_IMAGE_LOAD_LEFT_OUT_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/docker/client.h"
#include "lib/oci/image_archive.h"

namespace rules_dockerfile {

// Layers by digest, with their sizes.
using LayerSizes = std::map<std::string, int64_t>;

// The layers that an archive of the images can do without, for a daemon that
// has the layers `known`: of each image, those with a diff_id that a known
// image has; with LayerStore::kChains those of the longest beginning that it
// has in common with a known one, unless another image needs them above other
// layers.
absl::StatusOr<LayerSizes> LayersToLeaveOut(
    absl::Span<const ArchivedImage> images, const KnownLayers& known);

// The same, for a store that has `blobs`, by digest.
absl::StatusOr<LayerSizes> LayersToLeaveOut(
    absl::Span<const ArchivedImage> images, const std::set<std::string>& blobs);

// All layers of the images.
absl::StatusOr<LayerSizes> LayersOf(absl::Span<const ArchivedImage> images);

// The diff_ids of each manifest of the image, base first.
absl::StatusOr<std::vector<std::vector<std::string>>> DiffIds(
    const ArchivedImage& image);

// The digests of `layers`.
std::set<std::string> DigestsOf(const LayerSizes& layers);

// The sum of the sizes.
int64_t SizeOf(const LayerSizes& layers);

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_LOAD_LEFT_OUT_H_
