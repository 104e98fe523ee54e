#ifndef LIB_OCI_DOCKER_ARCHIVE_READER_H_
#define LIB_OCI_DOCKER_ARCHIVE_READER_H_

#include "absl/status/statusor.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_source.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {

// Reads the image of a docker-archive: `docker save` since 1.10, described by
// its file manifest.json. See ReadImage(). InvalidArgument `the archive has 2
// images ("a:1", "b:2"): expected one`; DataLoss if the config is not what its
// file name says.
absl::StatusOr<SourceImage> ReadDockerArchive(FileSet& files,
                                              const Platform& platform);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_DOCKER_ARCHIVE_READER_H_
