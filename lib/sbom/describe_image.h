#ifndef LIB_SBOM_DESCRIBE_IMAGE_H_
#define LIB_SBOM_DESCRIBE_IMAGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/sbom_document.h"
#include "lib/sbom/scan_image.h"

namespace rules_dockerfile {

// An image, and where its layers come from.
struct DescribedImage {
  std::string name;
  std::string digest;  // of the manifest
  ImageConfig config;
  std::vector<LayerDescriptor> descriptors;  // base first, as `layers`
  std::vector<ScannedLayer> layers;
  // "app/Dockerfile:7" of each of the last layers; those before are of a base.
  std::vector<std::string> origins;
};

// What the image is made of. The time is that of its config, 1970 if it has
// none. InvalidArgument if the parts do not belong to one image, or an origin
// is malformed.
absl::StatusOr<Inventory> DescribeImage(const DescribedImage& image);

// The regular files of the image with their digests, by path.
absl::StatusOr<std::vector<SbomFile>> DigestFiles(
    const std::vector<ScannedLayer>& layers);

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_DESCRIBE_IMAGE_H_
