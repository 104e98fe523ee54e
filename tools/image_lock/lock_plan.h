#ifndef TOOLS_IMAGE_LOCK_LOCK_PLAN_H_
#define TOOLS_IMAGE_LOCK_LOCK_PLAN_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/network/locked_image.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {

// `reference` as a lock names it: with the tag "latest" if it has none, and
// without its tag if it has a digest, which is then used.
ImageReference AsLocked(ImageReference reference);

// An image that something is built on.
struct WantedImage {
  ImageReference reference;  // AsLocked()
  std::string platform;      // PlatformText()

  friend bool operator==(const WantedImage&, const WantedImage&) = default;
};

// What is to become of a lock's images.
struct LockRequest {
  std::vector<WantedImage> wanted;
  std::vector<ImageReference> update;  // AsLocked(); tags to be resolved again
  bool update_all = false;             // those of all that is wanted or locked
  bool only = false;                   // only what is wanted stays
};

// InvalidArgument `--update=debian:13: expected one of "alpine:3", "debian:12",
// "all"` if a reference to resolve again is not an image.
absl::Status CheckUpdates(const LockRequest& request);

// A question to a registry.
struct Resolution {
  ImageReference reference;            // AsLocked()
  std::string at;                      // the tag or the digest to ask for
  std::vector<std::string> platforms;  // sorted

  friend bool operator==(const Resolution&, const Resolution&) = default;
};

// What to ask the registries to bring `old` up to date, sorted by name: locked
// images are not requested, except for updates. A reference that is locked for
// another platform is asked for at that digest, so that all platforms have one
// index.
std::vector<Resolution> PlanResolutions(absl::Span<const LockedImage> old,
                                        const LockRequest& request);

// A lock's new images, sorted by name and platform, and a line for each
// difference: `docker.io/library/debian:12 for linux/amd64: locked sha256:…`.
struct UpdatedImages {
  std::vector<LockedImage> images;
  std::vector<std::string> lines;

  friend bool operator==(const UpdatedImages&, const UpdatedImages&) = default;
};

// `old` with what the registries answered to PlanResolutions().
UpdatedImages UpdateImages(absl::Span<const LockedImage> old,
                           const LockRequest& request,
                           absl::Span<const LockedImage> resolved);

// The registries of `images` and the hosts `mirrors`, sorted: those that told
// how they expected a login, and of others what was known.
std::vector<LockedRegistry> UpdateRegistries(
    absl::Span<const LockedRegistry> old, absl::Span<const LockedImage> images,
    absl::Span<const std::string> mirrors,
    absl::Span<const LockedRegistry> told);

// The references whose tags show whether `old` is out of date: those that are
// wanted and locked; of updates, if there are, these alone.
std::vector<ImageReference> PlanCheck(absl::Span<const LockedImage> old,
                                      const LockRequest& request);

// A line for each image that is out of date, by the digests that the references
// of PlanCheck() have now, by ReferenceText().
std::vector<std::string> CheckImages(
    absl::Span<const LockedImage> old, const LockRequest& request,
    const std::map<std::string, std::string>& current);

// What to ask the registries to verify the entries of `old` that are wanted and
// up to date: each at its locked digest, sorted by name.
std::vector<Resolution> PlanVerification(
    absl::Span<const LockedImage> old, const LockRequest& request,
    const std::map<std::string, std::string>& current);

// A line for each entry of `old` that is another than the registries answered
// to PlanVerification(): a lock that was written by hand may have the digest of
// one image, and config and layers of another.
std::vector<std::string> VerifyImages(absl::Span<const LockedImage> old,
                                      absl::Span<const LockedImage> resolved);

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_LOCK_LOCK_PLAN_H_
