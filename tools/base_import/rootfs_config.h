#ifndef TOOLS_BASE_IMPORT_ROOTFS_CONFIG_H_
#define TOOLS_BASE_IMPORT_ROOTFS_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/oci/image_config.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {

// The config of an image with the one layer `diff_id`: `text` (an image config,
// or "" for none) for `platform` unless it has another. InvalidArgument if the
// text is not an image config, apart from missing fields.
absl::StatusOr<ImageConfig> RootfsConfig(absl::string_view text,
                                         const Platform& platform,
                                         const std::string& diff_id);

}  // namespace rules_dockerfile

#endif  // TOOLS_BASE_IMPORT_ROOTFS_CONFIG_H_
