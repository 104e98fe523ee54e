#ifndef LIB_OCI_MAKE_MANIFEST_H_
#define LIB_OCI_MAKE_MANIFEST_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/index.h"

namespace rules_dockerfile {

// A document's text, and the descriptor that points at it.
struct DescribedDocument {
  std::string text;
  Descriptor descriptor;
};

// The OCI manifest of the image with this config and these layers, base first;
// the descriptor has the config's platform. All media types are OCI's, also
// over a base that came with Docker's: the two families are never mixed, and
// the bytes of a layer are the same in both. InvalidArgument `layer 2 has
// diff_id "sha256:…": the config has "sha256:…"`.
absl::StatusOr<DescribedDocument> MakeManifest(
    absl::string_view config_text, const std::vector<LayerDescriptor>& layers,
    const std::map<std::string, std::string>& annotations);

// The OCI index over the manifests, which are of different platforms.
// InvalidArgument `two manifests for platform "linux/amd64"`.
absl::StatusOr<DescribedDocument> MakeIndex(
    const std::vector<Descriptor>& manifests,
    const std::map<std::string, std::string>& annotations);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_MAKE_MANIFEST_H_
