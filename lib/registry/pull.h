#ifndef LIB_REGISTRY_PULL_H_
#define LIB_REGISTRY_PULL_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "lib/platform/platform.h"
#include "lib/registry/pull_source.h"

namespace rules_dockerfile {

struct PullOptions {
  std::string reference;  // a tag or a digest
  // The image of an index to pull; without it the index with all its images.
  std::optional<Platform> platform;
  // Directory to write; existing blobs that match their digests are not fetched
  // again.
  std::string layout;
};

struct PullResult {
  std::string digest;        // of what the reference names: pin this
  std::string image_digest;  // of what was pulled, for the platform
};

// Pulls an image into an OCI layout; index.json is written last, so that a
// layout that has one is complete. It says where the image is from, so that a
// push of it within the registry can mount: SourceAnnotation(). NotFound `no
// image for platform "linux/s390x": the registry has "linux/amd64"`, also if
// the reference is an image and no index; Unimplemented for an index in an
// index.
absl::StatusOr<PullResult> PullImage(const PullOptions& options,
                                     PullSource& client);

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_PULL_H_
