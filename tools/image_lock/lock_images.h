#ifndef TOOLS_IMAGE_LOCK_LOCK_IMAGES_H_
#define TOOLS_IMAGE_LOCK_LOCK_IMAGES_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/registry/mirrored_registry.h"
#include "tools/image_lock/lock_evidence.h"
#include "tools/image_lock/lock_plan.h"

namespace rules_dockerfile {

// How to talk to a registry.
using OpenRegistry =
    std::function<absl::StatusOr<std::unique_ptr<MirroredRegistry>>(
        const std::string& registry)>;

struct LockOptions {
  std::string path;  // of the lock, which need not be there
  std::string name;  // of it in messages: "app/Dockerfile.lock"
  LockRequest request;
  // Who has to have signed all images that are wanted.
  std::optional<EvidenceRequest> evidence;
  // Hosts of all mirrors that the registries may be asked at.
  std::vector<std::string> mirrors;
};

// Brings the images and registries of a lock up to date, as PlanResolutions()
// has it, and leaves the rest of it as it is. The file is written if something
// changes, and not if anything fails. Returns a line for each entry that
// changed: `app/Dockerfile.lock: docker.io/library/debian:12 for linux/amd64:
// locked sha256:…`. Errors name the lock and the reference. Images that have to
// be signed and are not are an error, too: UpdateEvidence().
absl::StatusOr<std::vector<std::string>> LockImages(
    const LockOptions& options, const OpenRegistry& open_registry);

// Asks the registries whether the lock is up to date, and its entries are what
// their digests say, and writes nothing.
// Returns a line for each image for which it is not: `app/Dockerfile.lock:
// docker.io/library/debian:12: expected sha256:a… (locked), got sha256:b… from
// the registry`.
absl::StatusOr<std::vector<std::string>> CheckLock(
    const LockOptions& options, const OpenRegistry& open_registry);

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_LOCK_LOCK_IMAGES_H_
