#ifndef TOOLS_BASE_IMPORT_IMPORT_H_
#define TOOLS_BASE_IMPORT_IMPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/platform/platform.h"
#include "tools/base_import/source.h"

namespace rules_dockerfile {

struct ImportOptions {
  ImportSource source;
  // With a rootfs: a file with the image's config, in which os, architecture,
  // rootfs and history may be missing.
  std::string config;
  Platform platform;
  std::string wanted_by;  // the target that requires `platform`:
                          // "app/Dockerfile:1: FROM base"
  // Directories that get a file `0000`, `0001`, … for each layer, base first:
  // uncompressed tars, and their indexes. Both empty: only the config of an
  // image is written.
  std::string layers_out;
  std::string indexes_out;
  std::string config_out;
};

// Imports a base image: reads and checks it (ReadImage), and writes what the
// instructions above it need; blobs.h has the rest. The config of a layout or
// archive keeps its bytes, and so its digest. Returns the platform of the
// image, which may differ from the requested one, but only in its variant if a
// target requires it: else InvalidArgument `app/Dockerfile:1: FROM base:
// expected an image for linux/arm64, got linux/amd64 of "base.tar"`.
//
// Errors name the layer: InvalidArgument `layer 2 of 3: gzip data is damaged:
// …`, DataLoss `layer 2 of 3 has diff_id "…": the config has "…"`. After an
// error, no output is left.
absl::StatusOr<Platform> ImportBase(const ImportOptions& options);

}  // namespace rules_dockerfile

#endif  // TOOLS_BASE_IMPORT_IMPORT_H_
