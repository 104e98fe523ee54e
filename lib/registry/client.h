#ifndef LIB_REGISTRY_CLIENT_H_
#define LIB_REGISTRY_CLIENT_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/oci/descriptor.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {

// A manifest or index as a registry has it.
struct PulledManifest {
  std::string text;
  Descriptor descriptor;  // its media type, digest and size
};

// One repository of a registry (OCI distribution-spec). What comes from it is
// checked against digests and sizes: DataLoss if it differs. Errors of the
// registry: see RegistrySession.
class RegistryClient {
 public:
  // `session` must outlive the client.
  RegistryClient(RegistrySession& session, std::string repository)
      : session_(&session), repository_(std::move(repository)) {}

  // The manifest or index with the tag or digest. InvalidArgument if the
  // registry sends something else.
  absl::StatusOr<PulledManifest> PullManifest(const std::string& reference);

  // Writes the blob to the file `path`, whole or not at all.
  absl::Status PullBlob(const Descriptor& descriptor, const std::string& path);

  absl::StatusOr<bool> HasBlob(const std::string& digest);

  // Uploads `bytes`, which `digest` is of, unless the repository has them.
  // With `mount_from`, another repository of the registry, it is first asked
  // to take them from there. Returns whether bytes were sent.
  absl::StatusOr<bool> PushBlob(const std::string& digest,
                                absl::string_view bytes,
                                const std::string& mount_from = "");

  // Puts the manifest under the tag or digest.
  absl::Status PushManifest(const std::string& reference,
                            absl::string_view media_type,
                            absl::string_view text);

 private:
  std::string Path(absl::string_view rest) const;
  std::string Actions(absl::string_view actions) const;
  absl::Status PullBlobOnce(const Descriptor& descriptor,
                            const std::string& path);

  RegistrySession* session_;
  std::string repository_;
};

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_CLIENT_H_
