#ifndef LIB_OCI_LAYOUT_READER_H_
#define LIB_OCI_LAYOUT_READER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_source.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {

// Reads from an OCI layout. See ReadImage().
absl::StatusOr<SourceImage> ReadLayout(FileSet& files,
                                       const Platform& platform);

// The bytes of the layout's blob. NotFound if the layout does not have it
// (`blob "sha256:…" is missing from the layout`), DataLoss if its size or
// digest is another.
absl::StatusOr<absl::string_view> ReadBlob(FileSet& files,
                                           const Descriptor& descriptor);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_LAYOUT_READER_H_
