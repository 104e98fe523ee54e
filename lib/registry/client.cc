#include "lib/registry/client.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "lib/base/byte_sink.h"
#include "lib/base/byte_source.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/digest/verified_source.h"
#include "lib/http/transport.h"
#include "lib/http/url.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/media_type.h"
#include "lib/registry/blob_upload.h"
#include "lib/registry/pull_source.h"
#include "lib/registry/response_error.h"
#include "lib/registry/retry.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {
namespace {

// Passes on at most as many bytes as a blob has.
class BoundedSink : public ByteSink {
 public:
  BoundedSink(ByteSink* sink, const Descriptor& blob)
      : sink_(sink), blob_(&blob), left_(blob.size) {}
  absl::Status Append(absl::string_view bytes) override {
    left_ -= static_cast<int64_t>(bytes.size());
    if (left_ < 0) {
      return absl::DataLossError(absl::StrCat("blob \"", blob_->digest,
                                              "\": expected ", blob_->size,
                                              " bytes, got more"));
    }
    return sink_->Append(bytes);
  }

 private:
  ByteSink* sink_;
  const Descriptor* blob_;
  int64_t left_;
};

// Docker's "Image Manifest Version 2, Schema 1", signed or not.
bool IsSchema1MediaType(absl::string_view media_type) {
  return absl::StartsWith(media_type,
                          "application/vnd.docker.distribution.manifest.v1+");
}

// Whether an upload came to nothing, and another may do: the registry has lost
// it (404, 416), or has other bytes than were sent; or the session had to log
// in again, and the bytes can be read only once (Unimplemented).
bool IsUploadLost(const absl::StatusOr<HttpResponse>& response) {
  if (IsTransient(response) || absl::IsUnimplemented(response.status())) {
    return true;
  }
  if (!response.ok()) return false;
  return response->status == 404 || response->status == 416 ||
         HasErrorCode(*response, "DIGEST_INVALID") ||
         HasErrorCode(*response, "SIZE_INVALID") ||
         HasErrorCode(*response, "BLOB_UPLOAD_INVALID");
}

// Whether the registry does not see yet what was pushed before. Distribution's
// answers DIGEST_INVALID to a manifest while another client pushes one of its
// blobs: it writes the blob's link again, and then reads an empty one.
bool IsTooEarly(const HttpResponse& response) {
  return response.status / 100 == 4 &&
         (HasErrorCode(response, "DIGEST_INVALID") ||
          HasErrorCode(response, "MANIFEST_BLOB_UNKNOWN"));
}

}  // namespace

std::string RegistryClient::Path(absl::string_view rest) const {
  return absl::StrCat("/v2/", repository_, "/", rest);
}

std::string RegistryClient::Scope(absl::string_view actions) const {
  return absl::StrCat("repository:", repository_, ":", actions);
}

absl::StatusOr<PulledManifest> RegistryClient::PullManifest(
    const std::string& reference) {
  HttpRequest request = {.url = Path(absl::StrCat("manifests/", reference))};
  request.headers["Accept"] =
      absl::StrCat(kOciIndexMediaType, ", ", kOciManifestMediaType, ", ",
                   kDockerIndexMediaType, ", ", kDockerManifestMediaType);
  ABSL_ASSIGN_OR_RETURN(HttpResponse response,
                        session_->Send(std::move(request), Scope("pull")));
  if (response.status != 200) return session_->ResponseError(response);
  PulledManifest manifest = {.text = std::move(response.body)};
  const absl::string_view type = response.Header("content-type");
  manifest.descriptor = {
      .media_type = std::string(type.substr(0, type.find(';'))),
      .digest = DigestOf(manifest.text),
      .size = static_cast<int64_t>(manifest.text.size())};
  const absl::string_view wanted =
      absl::StartsWith(reference, "sha256:")
          ? absl::string_view(reference)
          : response.Header("docker-content-digest");
  if (!wanted.empty() && wanted != manifest.descriptor.digest) {
    return absl::DataLossError(absl::StrCat("manifest \"", Printable(wanted),
                                            "\" has digest \"",
                                            manifest.descriptor.digest, "\""));
  }
  if (IsSchema1MediaType(manifest.descriptor.media_type)) {
    return absl::UnimplementedError(absl::StrCat(
        "\"", reference,
        "\": expected an image of OCI or Docker's schema 2, got schema 1"));
  }
  if (!IsIndexMediaType(manifest.descriptor.media_type) &&
      !IsManifestMediaType(manifest.descriptor.media_type)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", reference, "\" has media type \"",
        Printable(manifest.descriptor.media_type), "\": not an image"));
  }
  return manifest;
}

absl::StatusOr<PulledManifest> RegistryClient::PullManifest(
    const Descriptor& descriptor) {
  ABSL_ASSIGN_OR_RETURN(PulledManifest manifest,
                        PullManifest(descriptor.digest));
  if (manifest.descriptor.size != descriptor.size) {
    return absl::DataLossError(absl::StrCat(
        "manifest \"", descriptor.digest, "\": expected ", descriptor.size,
        " bytes, got ", manifest.descriptor.size));
  }
  if (manifest.descriptor.media_type != descriptor.media_type) {
    return absl::InvalidArgumentError(
        absl::StrCat("manifest \"", descriptor.digest,
                     "\": expected media type \"", descriptor.media_type,
                     "\", got \"", manifest.descriptor.media_type, "\""));
  }
  return manifest;
}

absl::Status RegistryClient::PullBlob(const Descriptor& descriptor,
                                      const std::string& path) {
  return PullRepeatedly(
      [&](absl::StatusOr<HttpResponse>& response) -> absl::Status {
        ABSL_ASSIGN_OR_RETURN(OutputFile out, OutputFile::Create(path));
        ABSL_RETURN_IF_ERROR(PullBlobTo(descriptor, &out, response));
        return out.Commit();
      });
}

absl::StatusOr<std::string> RegistryClient::ReadBlob(
    const Descriptor& descriptor) {
  if (descriptor.size > kMaxReadBlob) {
    return absl::ResourceExhaustedError(
        absl::StrCat("blob \"", descriptor.digest, "\": expected at most ",
                     kMaxReadBlob, " bytes, got ", descriptor.size));
  }
  std::string contents;
  const absl::Status status = PullRepeatedly(
      [&](absl::StatusOr<HttpResponse>& response) -> absl::Status {
        StringSink out;
        ABSL_RETURN_IF_ERROR(PullBlobTo(descriptor, &out, response));
        contents = out.contents();
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return contents;
}

absl::Status RegistryClient::PullRepeatedly(
    absl::FunctionRef<absl::Status(absl::StatusOr<HttpResponse>& response)>
        pull) {
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<HttpResponse> response = HttpResponse();
    const absl::Status status = pull(response);
    if (status.ok() || !absl::IsUnavailable(response.status())) return status;
    if (!session_->Pause(attempt, response)) return status;
  }
}

absl::Status RegistryClient::StreamBlob(const Descriptor& descriptor,
                                        ByteSink& sink) {
  absl::StatusOr<HttpResponse> response = HttpResponse();
  return PullBlobTo(descriptor, &sink, response);
}

absl::Status RegistryClient::PullBlobTo(
    const Descriptor& descriptor, ByteSink* out,
    absl::StatusOr<HttpResponse>& response) {
  BoundedSink bounded(out, descriptor);
  DigestingSink sink(&bounded);
  HttpRequest request = {.url = Path(absl::StrCat("blobs/", descriptor.digest)),
                         .sink = &sink};
  response = session_->Send(std::move(request), Scope("pull"));
  ABSL_RETURN_IF_ERROR(response.status());
  if (response->status != 200) return session_->ResponseError(*response);
  if (sink.size() != descriptor.size) {
    return absl::DataLossError(absl::StrCat("blob \"", descriptor.digest,
                                            "\": expected ", descriptor.size,
                                            " bytes, got ", sink.size()));
  }
  const std::string digest = sink.Finish();
  if (digest != descriptor.digest) {
    return absl::DataLossError(absl::StrCat("blob \"", descriptor.digest,
                                            "\" has digest \"", digest, "\""));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> RegistryClient::HasBlob(const std::string& digest,
                                             absl::string_view actions) {
  HttpRequest request = {.method = "HEAD",
                         .url = Path(absl::StrCat("blobs/", digest))};
  ABSL_ASSIGN_OR_RETURN(const HttpResponse response,
                        session_->Send(std::move(request), Scope(actions)));
  if (response.status == 404) return false;
  if (response.status != 200) return session_->ResponseError(response);
  return true;
}

// The first repository that has the blob; NotFound if none has.
absl::StatusOr<std::string> RegistryClient::FindMount(
    const std::string& digest, absl::Span<const std::string> mount_from) {
  for (const std::string& from : mount_from) {
    if (from == repository_) continue;
    {
      const absl::MutexLock lock(mutex_);
      if (unreadable_.contains(from)) continue;
    }
    const absl::StatusOr<bool> has_blob =
        RegistryClient(*session_, from).HasBlob(digest, "pull");
    if (has_blob.ok()) {
      if (*has_blob) return from;
      continue;
    }
    // A repository that is missing, or not accessible, only costs bytes.
    const absl::MutexLock lock(mutex_);
    unreadable_.insert(from);
  }
  return absl::NotFoundError("no repository has the blob");
}

// Asks for a mount. Not OK if no repository has the blob; the registry returns
// 201 if it did, 202 if it expects an upload instead.
absl::StatusOr<HttpResponse> RegistryClient::StartMount(
    const std::string& digest, absl::Span<const std::string> mount_from) {
  ABSL_ASSIGN_OR_RETURN(const std::string from, FindMount(digest, mount_from));
  std::string url = WithQuery(Path("blobs/uploads/"), "mount", digest);
  return session_->Send(
      {.method = "POST", .url = WithQuery(url, "from", from)},
      absl::StrCat(Scope("pull,push"), " repository:", from, ":pull"));
}

absl::StatusOr<RegistryClient::Upload> RegistryClient::StartUpload(
    const std::string& digest, absl::Span<const std::string> mount_from,
    bool is_missing) {
  if (!is_missing) {
    ABSL_ASSIGN_OR_RETURN(const bool has_blob, HasBlob(digest, "pull,push"));
    if (has_blob) return BlobOutcome::kPresent;
  }
  absl::StatusOr<HttpResponse> started = StartMount(digest, mount_from);
  if (started.ok() && started->status == 201) return BlobOutcome::kMounted;
  if (!started.ok() || started->status != 202) {
    started = session_->Send({.method = "POST", .url = Path("blobs/uploads/")},
                             Scope("pull,push"));
  }
  ABSL_RETURN_IF_ERROR(started.status());
  if (started->status != 202) return session_->ResponseError(*started);
  UploadPlace place;
  ABSL_ASSIGN_OR_RETURN(place.url, session_->UploadUrl(*started));
  if (!absl::SimpleAtoi(started->Header("oci-chunk-min-length"),
                        &place.min_chunk)) {
    place.min_chunk = 0;
  }
  return place;
}

absl::StatusOr<BlobOutcome> RegistryClient::PushBlob(
    const Descriptor& blob, const OpenBlob& open,
    absl::Span<const std::string> mount_from) {
  return PushBlob(blob, open, mount_from, /*is_missing=*/false);
}

absl::StatusOr<BlobOutcome> RegistryClient::PushMissingBlob(
    const Descriptor& blob, const OpenBlob& open,
    absl::Span<const std::string> mount_from) {
  return PushBlob(blob, open, mount_from, /*is_missing=*/true);
}

absl::StatusOr<BlobOutcome> RegistryClient::PushBlob(
    const Descriptor& blob, const OpenBlob& open,
    absl::Span<const std::string> mount_from, bool is_missing) {
  std::optional<BlobUpload> upload;
  for (int attempt = 1;; ++attempt) {
    if (!upload.has_value()) {
      ABSL_ASSIGN_OR_RETURN(
          const Upload started,
          StartUpload(blob.digest, mount_from, is_missing && attempt == 1));
      if (const auto* const outcome = std::get_if<BlobOutcome>(&started)) {
        return *outcome;
      }
      ABSL_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> opened, open());
      ABSL_ASSIGN_OR_RETURN(
          std::unique_ptr<ByteSource> bytes,
          VerifiedSource::Make(std::move(opened), blob.digest, blob.size));
      upload.emplace(*session_, Scope("pull,push"),
                     std::get<UploadPlace>(started), blob.digest,
                     std::move(bytes));
    }
    const absl::StatusOr<HttpResponse> response = upload->Send();
    if (response.ok() && response->status == 201) return BlobOutcome::kSent;
    if (!IsUploadLost(response) || !session_->Pause(attempt, response)) {
      ABSL_RETURN_IF_ERROR(response.status());
      return session_->ResponseError(*response);
    }
    if (!IsTransient(response) || !upload->AskWhatArrived()) upload.reset();
  }
}

absl::StatusOr<BlobOutcome> RegistryClient::PlanBlob(
    const Descriptor& blob, absl::Span<const std::string> mount_from) {
  ABSL_ASSIGN_OR_RETURN(const bool has_blob, HasBlob(blob.digest, "pull,push"));
  if (has_blob) return BlobOutcome::kPresent;
  return FindMount(blob.digest, mount_from).ok() ? BlobOutcome::kMounted
                                                 : BlobOutcome::kSent;
}

absl::StatusOr<HttpResponse> RegistryClient::PutManifest(
    const std::string& reference, absl::string_view media_type,
    absl::string_view text) {
  for (int attempt = 1;; ++attempt) {
    const HttpRequest request = {
        .method = "PUT",
        .url = Path(absl::StrCat("manifests/", reference)),
        .headers = {{"Content-Type", std::string(media_type)}},
        .body = text};
    absl::StatusOr<HttpResponse> response =
        session_->Send(request, Scope("pull,push"));
    if (!response.ok() || response->status == 201) return response;
    if (IsTooEarly(*response) && session_->Pause(attempt, response)) continue;
    return session_->ResponseError(*response);
  }
}

absl::Status RegistryClient::PushManifest(const std::string& reference,
                                          absl::string_view media_type,
                                          absl::string_view text) {
  return PutManifest(reference, media_type, text).status();
}

absl::StatusOr<bool> RegistryClient::PushReferrer(const std::string& reference,
                                                  absl::string_view media_type,
                                                  absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const HttpResponse response,
                        PutManifest(reference, media_type, text));
  return !response.Header("oci-subject").empty();
}

absl::StatusOr<HttpResponse> RegistryClient::Get(absl::string_view rest,
                                                 const std::string& accept) {
  HttpRequest request = {.url = Path(rest)};
  request.headers["Accept"] = accept;
  return session_->Send(std::move(request), Scope("pull"));
}

}  // namespace rules_dockerfile
