#ifndef LIB_OCI_IMAGE_SOURCE_H_
#define LIB_OCI_IMAGE_SOURCE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_config.h"
#include "lib/oci/manifest.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {

// A layer as its source holds it.
struct SourceLayer {
  absl::string_view blob;  // the bytes as stored; borrows from the source
  // As the manifest has it: `blob` is what it says. A docker-archive has no
  // manifest, and its layers any compression.
  std::optional<Descriptor> descriptor;
  std::string diff_id;  // as the config has it, not yet compared
};

// An image in a layout or an archive.
struct SourceImage {
  std::optional<ImageManifest> manifest;  // nullopt in a docker-archive
  std::string manifest_digest;            // "" in a docker-archive
  std::string config_digest;
  std::string config_text;  // as stored; `config` has WithPlatform(), too
  ImageConfig config;
  std::vector<SourceLayer> layers;  // base first, one for each diff_id
  std::vector<std::string> tags;    // as the source has them
};

// Reads the image from an OCI layout (image-spec image-layout.md), or else
// from a docker-archive (`docker save`). All documents and blobs are checked
// against their digests and sizes: DataLoss if they differ.
//
// A layout's index and the indexes below it may list many images; then the one
// for `platform` is taken, NotFound `no image for platform "linux/s390x": the
// source has "linux/amd64", "linux/arm64"` if there is none, InvalidArgument
// that lists them if index.json has several. An only image is taken whatever
// its platform is, and is for `platform` if its config does not say it.
absl::StatusOr<SourceImage> ReadImage(FileSet& files, const Platform& platform);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_IMAGE_SOURCE_H_
