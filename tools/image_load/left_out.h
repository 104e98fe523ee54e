#ifndef TOOLS_IMAGE_LOAD_LEFT_OUT_H_
#define TOOLS_IMAGE_LOAD_LEFT_OUT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/oci/image_archive.h"

namespace rules_dockerfile {

// The layers that an archive of the images can do without, with their sizes by
// digest, for a daemon with images of the `known` layers (diff_ids, base
// first): those of the longest beginning that an image has in common with a
// known one, unless another image needs them above other layers.
absl::StatusOr<std::map<std::string, int64_t>> LayersToLeaveOut(
    absl::Span<const ArchivedImage> images,
    const std::vector<std::vector<std::string>>& known);

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_LOAD_LEFT_OUT_H_
