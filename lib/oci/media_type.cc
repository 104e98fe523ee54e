#include "lib/oci/media_type.h"

#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/compression/codec.h"

namespace rules_dockerfile {
namespace {

struct LayerType {
  absl::string_view media_type;
  Codec codec;
};

constexpr LayerType kLayerTypes[] = {
    {"application/vnd.oci.image.layer.v1.tar", Codec::kNone},
    {"application/vnd.oci.image.layer.v1.tar+gzip", Codec::kGzip},
    {"application/vnd.oci.image.layer.v1.tar+zstd", Codec::kZstd},
    {"application/vnd.docker.image.rootfs.diff.tar", Codec::kNone},
    {"application/vnd.docker.image.rootfs.diff.tar.gzip", Codec::kGzip},
    {"application/vnd.docker.image.rootfs.diff.tar.zstd", Codec::kZstd},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar", Codec::kNone},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
     Codec::kGzip},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
     Codec::kZstd},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar", Codec::kNone},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Codec::kGzip},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar.zstd", Codec::kZstd},
};

}  // namespace

bool IsIndexMediaType(absl::string_view media_type) {
  return media_type == kOciIndexMediaType ||
         media_type == kDockerIndexMediaType;
}

bool IsManifestMediaType(absl::string_view media_type) {
  return media_type == kOciManifestMediaType ||
         media_type == kDockerManifestMediaType;
}

bool IsConfigMediaType(absl::string_view media_type) {
  return media_type == kOciConfigMediaType ||
         media_type == kDockerConfigMediaType;
}

bool IsForeignLayerMediaType(absl::string_view media_type) {
  return absl::StrContains(media_type, ".layer.nondistributable.") ||
         absl::StrContains(media_type, ".rootfs.foreign.");
}

absl::StatusOr<Codec> LayerCodecOf(absl::string_view media_type) {
  for (const LayerType& type : kLayerTypes) {
    if (media_type == type.media_type) return type.codec;
  }
  if (absl::EndsWith(media_type, "+encrypted")) {
    return absl::UnimplementedError(absl::StrCat(
        "layer media type \"", media_type, "\": the layer is encrypted"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("layer media type \"", media_type,
                   "\": expected a tar, tar+gzip or tar+zstd layer"));
}

std::string LayerMediaType(Codec codec) {
  if (codec == Codec::kNone) return std::string(kOciLayerMediaType);
  ABSL_CHECK(codec == Codec::kGzip || codec == Codec::kZstd);
  return absl::StrCat(kOciLayerMediaType, "+", CodecName(codec));
}

}  // namespace rules_dockerfile
