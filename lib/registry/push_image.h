#ifndef LIB_REGISTRY_PUSH_IMAGE_H_
#define LIB_REGISTRY_PUSH_IMAGE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/oci/artifact_manifest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/layout_plan.h"

namespace rules_dockerfile {

// An image, or an index of images, as a push takes it.
struct PushImage {
  // The manifest or index. Its annotations may say where to mount blobs from:
  // MountSources().
  Descriptor root;
  // Texts by digest: the root, the manifests of an index, and configs. Each has
  // its digest.
  std::map<std::string, std::string> documents;
  // Paths of blobs by digest. A layer may be in neither: then it is left in a
  // registry. Who reads a file compares it with its digest.
  std::map<std::string, std::string> files;
  // About the root, or manifests of it.
  std::vector<Artifact> referrers;
};

// The one image or index that an OCI layout has, and the artifacts beside it.
// InvalidArgument `index.json has 2 images: expected one`, NotFound `blob
// "sha256:…" is missing from the layout`, DataLoss if a document does not match
// its digest.
absl::StatusOr<PushImage> PushImageOfLayout(const std::string& directory);

// The image, or the index over the images. InvalidArgument if a config of a
// manifest, or a manifest of the index, is not in `contents`; a layer need not
// be.
absl::StatusOr<PushImage> PushImageOfContents(const LayoutContents& contents);

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_PUSH_IMAGE_H_
