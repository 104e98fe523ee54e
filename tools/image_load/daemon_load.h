#ifndef TOOLS_IMAGE_LOAD_DAEMON_LOAD_H_
#define TOOLS_IMAGE_LOAD_DAEMON_LOAD_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/docker/client.h"
#include "lib/oci/image_archive.h"
#include "tools/image_load/loaded_images.h"

namespace rules_dockerfile {

// Loads the images, streamed, without the layers that the daemon has. If it has
// lost one of them in the meantime, all are sent again. The errors are those of
// DockerClient.LoadImages() and of the files.
absl::StatusOr<LoadedImages> LoadIntoDaemon(
    absl::Span<const ArchivedImage> images, DockerClient& client);

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_LOAD_DAEMON_LOAD_H_
