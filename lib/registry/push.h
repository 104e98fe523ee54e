#ifndef LIB_REGISTRY_PUSH_H_
#define LIB_REGISTRY_PUSH_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/oci/file_set.h"
#include "lib/registry/client.h"

namespace rules_dockerfile {

// Told of each blob: its digest, size, and whether its bytes had to be sent.
using PushProgress =
    std::function<void(absl::string_view digest, int64_t size, bool sent)>;

// Pushes the one image or index that an OCI layout has: blobs before what
// names them, then the root under each tag, or under its digest if there are
// none. Returns the root's digest. InvalidArgument `index.json has 2 images:
// want one`; errors of the layout: ReadBlob(), of the registry: RegistryClient.
absl::StatusOr<std::string> PushLayout(FileSet& layout,
                                       const std::vector<std::string>& tags,
                                       const PushProgress& progress,
                                       RegistryClient& client);

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_PUSH_H_
