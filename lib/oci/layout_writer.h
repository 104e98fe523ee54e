#ifndef LIB_OCI_LAYOUT_WRITER_H_
#define LIB_OCI_LAYOUT_WRITER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/reference.h"

namespace rules_dockerfile {

// A layer blob in a file.
struct LayerFile {
  std::string path;
  Descriptor descriptor;
};

// What an OCI layout is made of.
struct LayoutContents {
  std::vector<std::string> manifests;  // document texts
  std::vector<std::string> configs;    // document texts
  std::vector<LayerFile> layers;       // of all manifests, each at least once
  // The image index over the manifests; without it there is one manifest.
  std::optional<std::string> index;
};

// Writes an OCI layout (image-spec image-layout.md) into `directory`, which is
// empty or missing. index.json lists exactly one descriptor: the manifest with
// its platform, or the index. `ref_name` is the name by which readers of
// layouts ask for it (image-spec annotations.md,
// org.opencontainers.image.ref.name), a tag; "" gives it none. Only what the
// manifests name is written, in real bytes; the bytes of the files depend on
// `contents` and `ref_name` alone.
//
// InvalidArgument if a config or layer of a manifest, or a manifest of the
// index, is not in `contents`, DataLoss if a layer file is not what its
// descriptor says. After an error, nothing that it wrote is left in
// `directory`.
absl::Status WriteLayout(const LayoutContents& contents,
                         const std::string& ref_name,
                         const std::string& directory);

// Writes a tar archive to the file `path` that both `docker load` and readers
// of OCI archives take, as `docker save` does since Docker 25: the layout with
// the tags as annotations in its index.json, and manifest.json. Of an index,
// manifest.json has the first manifest: docker-archives know no platforms.
// Errors as above.
absl::Status WriteImageArchive(const LayoutContents& contents,
                               const std::vector<Reference>& tags,
                               const std::string& path);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_LAYOUT_WRITER_H_
