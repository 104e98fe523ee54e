#ifndef LIB_OCI_MEDIA_TYPE_H_
#define LIB_OCI_MEDIA_TYPE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/compression/codec.h"

namespace rules_dockerfile {

// OCI image-spec media-types.md.
inline constexpr absl::string_view kOciIndexMediaType =
    "application/vnd.oci.image.index.v1+json";
inline constexpr absl::string_view kOciManifestMediaType =
    "application/vnd.oci.image.manifest.v1+json";
inline constexpr absl::string_view kOciConfigMediaType =
    "application/vnd.oci.image.config.v1+json";
inline constexpr absl::string_view kOciLayerMediaType =
    "application/vnd.oci.image.layer.v1.tar";

// The same documents in Docker's "Image Manifest Version 2, Schema 2".
inline constexpr absl::string_view kDockerIndexMediaType =
    "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr absl::string_view kDockerManifestMediaType =
    "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr absl::string_view kDockerConfigMediaType =
    "application/vnd.docker.container.image.v1+json";

bool IsIndexMediaType(absl::string_view media_type);
bool IsManifestMediaType(absl::string_view media_type);
bool IsConfigMediaType(absl::string_view media_type);

// Whether it is that of a foreign (non-distributable) layer, whose blob may be
// elsewhere.
bool IsForeignLayerMediaType(absl::string_view media_type);

// The codec of the layer media type, of either family. Unimplemented for an
// encrypted layer and a schema 1 one; InvalidArgument if it is not a layer's.
absl::StatusOr<Codec> LayerCodecOf(absl::string_view media_type);

// The OCI media type of a layer: "…layer.v1.tar+gzip". `codec` is kNone, kGzip
// or kZstd.
std::string LayerMediaType(Codec codec);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_MEDIA_TYPE_H_
