#ifndef TOOLS_IMAGE_INSPECT_DESCRIBE_H_
#define TOOLS_IMAGE_INSPECT_DESCRIBE_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/layer/file_tree.h"
#include "lib/oci/image_source.h"

namespace rules_dockerfile {

// A dump of the image, one fact a line: digests, platform, config, history
// with the layer of each entry that has one, and its sizes.
absl::StatusOr<std::string> DescribeImage(const SourceImage& image);

// The image's files, all layers applied.
absl::StatusOr<FileTree> FilesOfImage(const SourceImage& image);

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_INSPECT_DESCRIBE_H_
