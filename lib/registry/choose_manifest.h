#ifndef LIB_REGISTRY_CHOOSE_MANIFEST_H_
#define LIB_REGISTRY_CHOOSE_MANIFEST_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/platform/platform.h"
#include "lib/registry/pull_source.h"

namespace rules_dockerfile {

// The manifest of `index` for the platform: BestPlatform(). NotFound: see
// NoImageFor().
absl::StatusOr<Descriptor> ChooseManifest(const ImageIndex& index,
                                          const Platform& platform);

// The error `no image for platform "linux/s390x": the registry has
// "linux/amd64"`.
absl::Status NoImageFor(const Platform& platform,
                        absl::Span<const Platform> offered);

// Unimplemented `the index lists the index "sha256:…": expected images` if what
// an index lists is one.
absl::Status CheckIsNoIndex(const Descriptor& listed);

// Pulls an image that an index lists. Errors: CheckIsNoIndex().
absl::StatusOr<PulledManifest> PullListed(const Descriptor& descriptor,
                                          PullSource& source);

// ParseManifest() of what was pulled; errors name it. InvalidArgument also if
// manifest and registry say two media types.
absl::StatusOr<ImageManifest> ParsePulled(const PulledManifest& pulled);

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_CHOOSE_MANIFEST_H_
