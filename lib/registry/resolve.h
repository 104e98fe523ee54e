#ifndef LIB_REGISTRY_RESOLVE_H_
#define LIB_REGISTRY_RESOLVE_H_

#include "absl/status/statusor.h"
#include "lib/network/locked_image.h"
#include "lib/platform/platform.h"
#include "lib/reference/reference.h"
#include "lib/registry/pull_source.h"

namespace rules_dockerfile {

// The lock entry of `reference`, which names `root` at `source`, for the
// platform: pulls the manifest if `root` is an index, and the config, no layer.
//
// InvalidArgument and Unimplemented for what cannot be a base: an artifact, an
// index in an index, a foreign layer (its bytes are not in the registry), an
// image for Windows, a layer in no codec of layers, a config that is invalid or
// has another number of layers or another platform than manifest and index say.
// NotFound for a platform that there is no image for: NoImageFor().
absl::StatusOr<LockedImage> ResolveImage(const ImageReference& reference,
                                         const Platform& platform,
                                         const PulledManifest& root,
                                         PullSource& source);

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_RESOLVE_H_
