#ifndef TOOLS_REGISTRY_CREDENTIAL_HELPER_BLOB_URI_H_
#define TOOLS_REGISTRY_CREDENTIAL_HELPER_BLOB_URI_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A URI of a registry's API.
struct BlobUri {
  std::string registry;    // as in references: "docker.io", "localhost:5000"
  std::string repository;  // "library/debian"
  bool plain_http = false;

  friend bool operator==(const BlobUri&, const BlobUri&) = default;
};

// Reads `http[s]://HOST/v2/REPOSITORY/blobs/DIGEST`, or with `manifests` (OCI
// distribution-spec, "Endpoints"). nullopt for any other URI, and for plain
// HTTP to another host: no credentials go there.
std::optional<BlobUri> ParseBlobUri(absl::string_view uri);

}  // namespace rules_dockerfile

#endif  // TOOLS_REGISTRY_CREDENTIAL_HELPER_BLOB_URI_H_
