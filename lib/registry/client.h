#ifndef LIB_REGISTRY_CLIENT_H_
#define LIB_REGISTRY_CLIENT_H_

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "lib/base/byte_sink.h"
#include "lib/base/byte_source.h"
#include "lib/http/transport.h"
#include "lib/oci/descriptor.h"
#include "lib/registry/blob_upload.h"
#include "lib/registry/pull_source.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {

// How a blob gets into a repository.
enum class BlobOutcome {
  kSent,
  kPresent,  // it is there
  kMounted,  // from another repository of the registry
};

// Opens a blob whose bytes are needed.
using OpenBlob = std::function<absl::StatusOr<std::unique_ptr<ByteSource>>()>;

// One repository of a registry (OCI distribution-spec). What comes from it is
// checked against digests and sizes: DataLoss if it differs. Errors of the
// registry: see RegistrySession. Thread-safe.
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

  // Passes the blob on to `sink`, in one attempt. It may have got bytes of a
  // blob that is refused.
  absl::Status StreamBlob(const Descriptor& descriptor, ByteSink& sink);

  // `actions` are those to log in for: "pull", or "pull,push".
  absl::StatusOr<bool> HasBlob(const std::string& digest,
                               absl::string_view actions);

  // Uploads the blob that `open` opens, unless the repository has it, or can
  // mount it from the first of the repositories `mount_from` that has it. What
  // is opened is compared with the digest while it is sent. An upload that
  // breaks off goes on where the registry has it; where it does not say, it is
  // started again.
  absl::StatusOr<BlobOutcome> PushBlob(
      const Descriptor& blob, const OpenBlob& open,
      absl::Span<const std::string> mount_from = {});

  // The same, for a blob of which HasBlob() has just said that it is not there.
  absl::StatusOr<BlobOutcome> PushMissingBlob(
      const Descriptor& blob, const OpenBlob& open,
      absl::Span<const std::string> mount_from = {});

  // What PushBlob() would do; changes nothing.
  absl::StatusOr<BlobOutcome> PlanBlob(
      const Descriptor& blob, absl::Span<const std::string> mount_from = {});

  // Puts the manifest under the tag or digest.
  absl::Status PushManifest(const std::string& reference,
                            absl::string_view media_type,
                            absl::string_view text);

  // The same for a manifest with a subject. Returns whether the registry lists
  // it among the referrers of that (distribution-spec, "Pushing Manifests with
  // Subject"); else its client has to.
  absl::StatusOr<bool> PushReferrer(const std::string& reference,
                                    absl::string_view media_type,
                                    absl::string_view text);

  // GET of a path below the repository, such as "referrers/sha256:…". The
  // response has any status but 401.
  absl::StatusOr<HttpResponse> Get(absl::string_view rest,
                                   const std::string& accept);

  // The error for a response of Get(): RegistrySession::ResponseError().
  absl::Status ResponseError(const HttpResponse& response) const {
    return session_->ResponseError(response);
  }

  // The path of the repository's own URLs: "/v2/a/b/" and `rest`.
  std::string Path(absl::string_view rest) const;

 private:
  // Where to upload a blob to, or what made that needless.
  using Upload = std::variant<UploadPlace, BlobOutcome>;

  std::string Scope(absl::string_view actions) const;
  // Calls `pull`, which sets the registry's response, until it does or no
  // attempt is left.
  absl::Status PullRepeatedly(
      absl::FunctionRef<absl::Status(absl::StatusOr<HttpResponse>& response)>
          pull);
  absl::Status PullBlobTo(const Descriptor& descriptor, ByteSink* out,
                          absl::StatusOr<HttpResponse>& response);
  absl::StatusOr<std::string> FindMount(
      const std::string& digest, absl::Span<const std::string> mount_from);
  absl::StatusOr<Upload> StartUpload(const std::string& digest,
                                     absl::Span<const std::string> mount_from,
                                     bool is_missing);
  absl::StatusOr<BlobOutcome> PushBlob(const Descriptor& blob,
                                       const OpenBlob& open,
                                       absl::Span<const std::string> mount_from,
                                       bool is_missing);
  absl::StatusOr<HttpResponse> StartMount(
      const std::string& digest, absl::Span<const std::string> mount_from);
  absl::StatusOr<HttpResponse> PutManifest(const std::string& reference,
                                           absl::string_view media_type,
                                           absl::string_view text);

  RegistrySession* session_;
  std::string repository_;
  absl::Mutex mutex_;
  // Repositories that nothing can be mounted from.
  std::set<std::string> unreadable_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_CLIENT_H_
