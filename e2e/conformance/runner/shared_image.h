#ifndef E2E_CONFORMANCE_RUNNER_SHARED_IMAGE_H_
#define E2E_CONFORMANCE_RUNNER_SHARED_IMAGE_H_

#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace rules_dockerfile {

// The bases and named contexts of a workspace: a package with a `base_image`
// per path that a case names.
class SharedImages {
 public:
  // `workspace` is the workspace's directory.
  explicit SharedImages(std::string workspace)
      : workspace_(std::move(workspace)) {}

  // Returns the label of the image at `path` for `platform`, and writes its
  // package at the first call. The path may be an OCI image layout, any other
  // directory (an image with its files), an archive of `docker save` or of a
  // layout, or a tar of a root file system.
  absl::StatusOr<std::string> LabelOf(const std::string& path,
                                      const std::string& platform);

 private:
  std::string workspace_;
  std::map<std::string, std::string> labels_;  // by path and platform
};

}  // namespace rules_dockerfile

#endif  // E2E_CONFORMANCE_RUNNER_SHARED_IMAGE_H_
