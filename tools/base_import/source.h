#ifndef TOOLS_BASE_IMPORT_SOURCE_H_
#define TOOLS_BASE_IMPORT_SOURCE_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_source.h"
#include "lib/platform/platform.h"
#include "tools/shared/output_set.h"

namespace rules_dockerfile {

// What an image is imported from: exactly one path is set.
struct ImportSource {
  std::string layout;   // directory of an OCI layout
  std::string archive;  // docker save or OCI archive, in any compression
  std::string rootfs;   // tar of a root file system, in any compression
};

// A layout or an archive, and its image, which borrows from it.
struct OpenedImage {
  std::optional<MappedFile> archive;
  std::unique_ptr<FileSet> files;
  SourceImage image;
};

// Reads and checks (ReadImage) the image of a layout or archive. A compressed
// archive is decompressed to the file `temporary`, which is removed at once.
absl::StatusOr<OpenedImage> OpenImage(const ImportSource& source,
                                      const Platform& platform,
                                      const std::string& temporary,
                                      OutputSet& outputs);

// `status` of the layer `i`, counted from 0: `layer 1 of 3: …`.
absl::Status InLayer(size_t i, size_t count, const absl::Status& status);

// `status` of the source: `"base.tar": …`.
absl::Status InSource(const ImportSource& source, const absl::Status& status);

// The file of the layer `i` in a directory of them: `layers/0000`.
std::string NumberedFile(absl::string_view directory, size_t i);

}  // namespace rules_dockerfile

#endif  // TOOLS_BASE_IMPORT_SOURCE_H_
