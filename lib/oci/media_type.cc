#include "lib/oci/media_type.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

struct LayerType {
  absl::string_view media_type;
  LayerCodec codec;
};

constexpr LayerType kLayerTypes[] = {
    {"application/vnd.oci.image.layer.v1.tar", LayerCodec::kNone},
    {"application/vnd.oci.image.layer.v1.tar+gzip", LayerCodec::kGzip},
    {"application/vnd.oci.image.layer.v1.tar+zstd", LayerCodec::kZstd},
    {"application/vnd.docker.image.rootfs.diff.tar", LayerCodec::kNone},
    {"application/vnd.docker.image.rootfs.diff.tar.gzip", LayerCodec::kGzip},
    {"application/vnd.docker.image.rootfs.diff.tar.zstd", LayerCodec::kZstd},
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

absl::StatusOr<LayerCodec> LayerCodecOf(absl::string_view media_type) {
  for (const LayerType& type : kLayerTypes) {
    if (media_type == type.media_type) return type.codec;
  }
  if (absl::StrContains(media_type, ".layer.nondistributable.") ||
      absl::StrContains(media_type, ".rootfs.foreign.")) {
    return absl::UnimplementedError(
        absl::StrCat("layer media type \"", media_type,
                     "\": foreign layers are not part of the image"));
  }
  if (absl::EndsWith(media_type, "+encrypted")) {
    return absl::UnimplementedError(absl::StrCat(
        "layer media type \"", media_type, "\": the layer is encrypted"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("layer media type \"", media_type,
                   "\": want a tar, tar+gzip or tar+zstd "
                   "layer"));
}

std::string LayerMediaType(LayerCodec codec) {
  switch (codec) {
    case LayerCodec::kNone:
      return std::string(kOciLayerMediaType);
    case LayerCodec::kGzip:
      return absl::StrCat(kOciLayerMediaType, "+gzip");
    case LayerCodec::kZstd:
      return absl::StrCat(kOciLayerMediaType, "+zstd");
  }
  return std::string(kOciLayerMediaType);
}

}  // namespace rules_dockerfile
