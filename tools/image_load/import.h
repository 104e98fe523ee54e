#ifndef TOOLS_IMAGE_LOAD_IMPORT_H_
#define TOOLS_IMAGE_LOAD_IMPORT_H_

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_source.h"

namespace rules_dockerfile {

// Where images are loaded into.
enum class LoadTarget { kDaemon, kDocker, kPodman, kContainerd, kKind };

struct LoadDestination {
  LoadTarget target = LoadTarget::kDaemon;
  std::string name;  // of the namespace or the cluster
};

// Reads "docker", "podman", "containerd[:NAMESPACE]" or "kind[:CLUSTER]"; "" is
// whichever daemon answers. InvalidArgument `--to=x: expected docker, podman,
// containerd[:NAMESPACE] or kind[:CLUSTER]`.
absl::StatusOr<LoadDestination> ParseLoadDestination(absl::string_view text);

// Imports an archive by `ctr images import`, which reads it from a pipe.
// FailedPrecondition with the words of the program if it fails, NotFound
// `cannot run "ctr": …` if it is not there.
absl::Status ImportIntoContainerd(const std::string& name_space,
                                  ByteSource& archive);

// The digests of the blobs of a namespace. Errors likewise.
absl::StatusOr<std::set<std::string>> ContainerdBlobs(
    const std::string& name_space);

// Imports it by `kind load image-archive`, from a file in $TMPDIR: each node
// reads it. Errors likewise.
absl::Status ImportIntoKind(const std::string& cluster, ByteSource& archive);

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_LOAD_IMPORT_H_
