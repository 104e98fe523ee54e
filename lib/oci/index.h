#ifndef LIB_OCI_INDEX_H_
#define LIB_OCI_INDEX_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/oci/descriptor.h"

namespace rules_dockerfile {

// A list of manifests, usually one per platform (OCI image-spec image-index.md;
// Docker's manifest list is the same with other media types).
struct ImageIndex {
  std::string media_type;
  std::vector<Descriptor> manifests;
  std::map<std::string, std::string> annotations;

  friend bool operator==(const ImageIndex&, const ImageIndex&) = default;
};

// The document, in the field order of the specification.
std::string IndexToText(const ImageIndex& index);

// InvalidArgument if it is not an index, or has a field of a manifest, too.
absl::StatusOr<ImageIndex> ParseIndex(absl::string_view text);

// Whether the manifest is BuildKit's attestation of another one: no image.
bool IsAttestation(const Descriptor& manifest);

// Whether the manifest says that it is an artifact, such as a signature: no
// image.
bool IsArtifact(const Descriptor& manifest);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_INDEX_H_
