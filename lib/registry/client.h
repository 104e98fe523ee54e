#ifndef LIB_REGISTRY_CLIENT_H_
#define LIB_REGISTRY_CLIENT_H_

#include <set>
#include <string>
#include <utility>
#include <variant>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/byte_sink.h"
#include "lib/http/transport.h"
#include "lib/oci/descriptor.h"
#include "lib/registry/pull_source.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {

// How a blob got into a repository.
enum class BlobOutcome {
  kSent,
  kPresent,  // it was there
  kMounted,  // from another repository of the registry
};

// One repository of a registry (OCI distribution-spec). What comes from it is
// checked against digests and sizes: DataLoss if it differs. Errors of the
// registry: see RegistrySession.
class RegistryClient : public PullSource {
 public:
  // `session` must outlive the client.
  RegistryClient(RegistrySession& session, std::string repository)
      : session_(&session), repository_(std::move(repository)) {}

  const std::string& registry() const override { return session_->registry(); }
  const std::string& repository() const override { return repository_; }
  absl::StatusOr<PulledManifest> PullManifest(
      const std::string& reference) override;
  absl::StatusOr<PulledManifest> PullManifest(
      const Descriptor& descriptor) override;
  absl::Status PullBlob(const Descriptor& descriptor,
                        const std::string& path) override;
  absl::StatusOr<std::string> ReadBlob(const Descriptor& descriptor) override;

  // `actions` are those to log in for: "pull", or "pull,push".
  absl::StatusOr<bool> HasBlob(const std::string& digest,
                               absl::string_view actions);

  // Uploads `bytes`, which `digest` is of, unless the repository has them, or
  // can mount them from the first of the repositories `mount_from` that has
  // them. An upload that fails is begun anew, as a registry may have kept a
  // part of it.
  absl::StatusOr<BlobOutcome> PushBlob(
      const std::string& digest, absl::string_view bytes,
      absl::Span<const std::string> mount_from = {});

  // Puts the manifest under the tag or digest.
  absl::Status PushManifest(const std::string& reference,
                            absl::string_view media_type,
                            absl::string_view text);

 private:
  // Where to upload a blob to, or what made that needless.
  using Upload = std::variant<std::string, BlobOutcome>;

  std::string Path(absl::string_view rest) const;
  std::string Actions(absl::string_view actions) const;
  // Calls `pull`, which sets the registry's response, until it does or no
  // attempt is left.
  absl::Status PullRepeatedly(
      absl::FunctionRef<absl::Status(absl::StatusOr<HttpResponse>& response)>
          pull);
  absl::Status PullBlobTo(const Descriptor& descriptor, ByteSink* out,
                          absl::StatusOr<HttpResponse>& response);
  absl::StatusOr<Upload> StartUpload(const std::string& digest,
                                     absl::Span<const std::string> mount_from);
  absl::StatusOr<HttpResponse> StartMount(
      const std::string& digest, absl::Span<const std::string> mount_from);

  RegistrySession* session_;
  std::string repository_;
  std::set<std::string> unreadable_;  // that nothing can be mounted from
};

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_CLIENT_H_
