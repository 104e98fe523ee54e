#ifndef LIB_REGISTRY_PUSH_H_
#define LIB_REGISTRY_PUSH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "lib/reference/reference.h"
#include "lib/registry/client.h"
#include "lib/registry/clients.h"
#include "lib/registry/push_image.h"

namespace rules_dockerfile {

// An image on its way to a repository.
struct PushTarget {
  const PushImage* image = nullptr;  // outlives the push
  ImageReference repository;         // neither its tag nor its digest counts
  std::vector<std::string> tags;     // to add it there
};

struct PushOptions {
  // Repositories that may have blobs, besides those that annotations name
  // (MountSources()): of the root's descriptor, of a manifest and of a layer.
  // Those of the target's registry are mounted from; a layer that is left in a
  // registry is copied from the first of all that has it.
  std::vector<ImageReference> sources;
  int jobs = 4;          // how many blobs are sent in parallel
  bool dry_run = false;  // ask what the registry has, and change nothing
};

// What became of a blob.
struct PushedBlob {
  ImageReference repository;
  std::string digest;
  int64_t size = 0;
  BlobOutcome outcome = BlobOutcome::kSent;
  std::string copied_from;  // the repository of what was left in a registry
};

// Reports the progress of a push; several threads call it.
class PushObserver {
 public:
  virtual ~PushObserver() = default;
  // Before the first request: how many blobs there are, of how many bytes.
  virtual void Begin(int64_t count, int64_t size) = 0;
  // More bytes of a blob are being sent; some again after a failure.
  virtual void Sending(int64_t size) = 0;
  virtual void Done(const PushedBlob& blob) = 0;
};

// Pushes images: all blobs before any manifest, then the roots under their
// tags, or under their digests without tags, and last the referrers. A blob
// that several repositories of a registry require is sent to one of them, and
// mounted into the others. Before anything is sent: errors of CheckTag().
// NotFound `layer "sha256:…" is missing, and no repository of a base has it`;
// errors of PushArtifact(), and of the registry: RegistryClient.
absl::Status PushImages(absl::Span<const PushTarget> targets,
                        const PushOptions& options, RegistryClients& clients,
                        PushObserver& observer);

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_PUSH_H_
