#ifndef LIB_OCI_IMAGE_ARCHIVE_H_
#define LIB_OCI_IMAGE_ARCHIVE_H_

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/base/byte_source.h"
#include "lib/oci/layout_plan.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {

// An image of an archive, and the names that it has there.
struct ArchivedImage {
  LayoutContents contents;
  std::vector<ImageReference> tags;
};

// A tar archive that both `docker load` and readers of OCI archives take, as
// `docker save` does since Docker 25: a layout with the tags as annotations in
// its index.json, and manifest.json. Of an index, manifest.json has the first
// manifest: docker-archives know no platforms. A blob of several images is
// stored once; layers whose digests are in `left_out` are not, for a reader
// that has them.
//
// The files of the layers are read while the source is, in constant memory: it
// can be read again from its start only. Errors: PlanLayout(), and
// OpenLayoutFile() with LayerCheck::kDigest.
absl::StatusOr<std::unique_ptr<ByteSource>> ImageArchive(
    absl::Span<const ArchivedImage> images,
    const std::set<std::string>& left_out = {});

// Writes the archive to the file `path`; layers are compared with their
// descriptors as in WriteLayout().
absl::Status WriteImageArchive(const ArchivedImage& image,
                               const std::string& path);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_IMAGE_ARCHIVE_H_
