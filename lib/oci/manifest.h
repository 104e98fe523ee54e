#ifndef LIB_OCI_MANIFEST_H_
#define LIB_OCI_MANIFEST_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/oci/descriptor.h"

namespace rules_dockerfile {

// A config and its layers, base first (OCI image-spec manifest.md; Docker's
// schema 2 is the same with other media types).
struct ImageManifest {
  std::string media_type;
  Descriptor config;
  std::vector<Descriptor> layers;
  std::map<std::string, std::string> annotations;

  friend bool operator==(const ImageManifest&, const ImageManifest&) = default;
};

// The document, in the field order of the specification.
std::string ManifestToText(const ImageManifest& manifest);

// InvalidArgument if it is not an image manifest of schema 2: an index, a
// Docker schema 1 document, what has the field of an index, too, or an artifact
// whose config is not an image's.
absl::StatusOr<ImageManifest> ParseManifest(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_MANIFEST_H_
