#ifndef LIB_OCI_LAYOUT_WRITER_H_
#define LIB_OCI_LAYOUT_WRITER_H_

#include <string>

#include "absl/status/status.h"
#include "lib/oci/layout_plan.h"

namespace rules_dockerfile {

// Writes an OCI layout (image-spec image-layout.md) into `directory`, which is
// empty or missing. index.json lists the manifest with its platform, or the
// index, and after it the referrers. `ref_name` is the name by which readers of
// layouts ask for it (image-spec annotations.md,
// org.opencontainers.image.ref.name), a tag; "": no tag. Only what the
// manifests name is written, in regular files, of layers without a copy where
// ShareFile() can; the bytes of the files depend on `contents` and `ref_name`
// alone.
//
// The digests of layers are not computed again: what has made a blob
// (layer_compress) or fetched it (base_import, image_pull) has compared it with
// its descriptor, and so does what reads a layout.
//
// InvalidArgument if a config or layer of a manifest, or a manifest of the
// index, is not in `contents`, DataLoss if a layer file has not the size that
// its descriptor says. After an error, nothing that it wrote is left in
// `directory`.
absl::Status WriteLayout(const LayoutContents& contents,
                         const std::string& ref_name,
                         const std::string& directory);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_LAYOUT_WRITER_H_
