#include "lib/oci/image_source.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/oci/docker_archive_reader.h"
#include "lib/oci/file_set.h"
#include "lib/oci/layout_reader.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {

absl::StatusOr<SourceImage> ReadImage(FileSet& files,
                                      const Platform& platform) {
  // docker save of Docker 25 and later writes both forms; the layout has the
  // digests.
  const absl::Status layout = files.Read("oci-layout").status();
  if (layout.ok()) return ReadLayout(files, platform);
  if (!absl::IsNotFound(layout)) return layout;
  const absl::Status archive = files.Read("manifest.json").status();
  if (archive.ok()) return ReadDockerArchive(files, platform);
  if (!absl::IsNotFound(archive)) return archive;
  return absl::InvalidArgumentError(
      "neither an OCI layout (no file \"oci-layout\") nor a docker-archive (no "
      "file \"manifest.json\")");
}

}  // namespace rules_dockerfile
