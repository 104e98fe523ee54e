#ifndef LIB_REGISTRY_PUSH_H_
#define LIB_REGISTRY_PUSH_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/oci/file_set.h"
#include "lib/registry/client.h"

namespace rules_dockerfile {

// Told of each blob: its digest, its size, and how it got there.
using PushProgress = std::function<void(absl::string_view digest, int64_t size,
                                        BlobOutcome outcome)>;

struct PushOptions {
  std::vector<std::string> tags;
  // Other repositories of the registry that may have the blobs, besides those
  // that annotations name (MountSources()): of the root's descriptor, of a
  // manifest and of a layer.
  std::vector<std::string> mount_from;
};

// Pushes the one image or index that an OCI layout has: blobs before what
// names them, then the root under each tag, or under its digest if there are
// none. Returns the root's digest. Before anything is sent, InvalidArgument
// `index.json has 2 images: want one` and errors of CheckTag(); errors of the
// layout: ReadBlob(), of the registry: RegistryClient.
absl::StatusOr<std::string> PushLayout(FileSet& layout,
                                       const PushOptions& options,
                                       const PushProgress& progress,
                                       RegistryClient& client);

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_PUSH_H_
