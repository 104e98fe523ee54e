#ifndef TOOLS_IMAGE_LOAD_IMPORT_LOAD_H_
#define TOOLS_IMAGE_LOAD_IMPORT_LOAD_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/oci/image_archive.h"
#include "tools/image_load/loaded_images.h"

namespace rules_dockerfile {

// Imports the images into the namespace, streamed, without the layers whose
// blobs it has. If it has lost one of them in the meantime, all are sent again.
// The errors are those of ImportIntoContainerd() and of the files.
absl::StatusOr<LoadedImages> LoadIntoContainerd(
    const std::string& name_space, absl::Span<const ArchivedImage> images);

// Imports the images, with all layers, into the cluster. The errors are those
// of ImportIntoKind() and of the files.
absl::StatusOr<LoadedImages> LoadIntoKind(
    const std::string& cluster, absl::Span<const ArchivedImage> images);

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_LOAD_IMPORT_LOAD_H_
