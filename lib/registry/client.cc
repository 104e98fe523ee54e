#include "lib/registry/client.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/http/transport.h"
#include "lib/http/url.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/media_type.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {
namespace {

constexpr int kPullAttempts = 3;

// Passes on at most as many bytes as a blob may have.
class BoundedSink : public ByteSink {
 public:
  BoundedSink(ByteSink* sink, int64_t size) : sink_(sink), left_(size) {}
  absl::Status Append(absl::string_view bytes) override {
    left_ -= static_cast<int64_t>(bytes.size());
    if (left_ < 0) return absl::DataLossError("the blob is too long");
    return sink_->Append(bytes);
  }

 private:
  ByteSink* sink_;
  int64_t left_;
};

}  // namespace

std::string RegistryClient::Path(absl::string_view rest) const {
  return absl::StrCat("/v2/", repository_, "/", rest);
}

std::string RegistryClient::Actions(absl::string_view actions) const {
  return absl::StrCat("repository:", repository_, ":", actions);
}

absl::StatusOr<PulledManifest> RegistryClient::PullManifest(
    const std::string& reference) {
  HttpRequest request = {.url = Path(absl::StrCat("manifests/", reference))};
  request.headers["Accept"] =
      absl::StrCat(kOciIndexMediaType, ", ", kOciManifestMediaType, ", ",
                   kDockerIndexMediaType, ", ", kDockerManifestMediaType);
  ABSL_ASSIGN_OR_RETURN(HttpResponse response,
                        session_->Send(std::move(request), Actions("pull")));
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
    return absl::DataLossError(absl::StrCat("manifest \"", wanted,
                                            "\" has digest \"",
                                            manifest.descriptor.digest, "\""));
  }
  if (!IsIndexMediaType(manifest.descriptor.media_type) &&
      !IsManifestMediaType(manifest.descriptor.media_type)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", reference, "\" has media type \"",
                     manifest.descriptor.media_type, "\": not an image"));
  }
  return manifest;
}

absl::Status RegistryClient::PullBlob(const Descriptor& descriptor,
                                      const std::string& path) {
  absl::Status status;
  for (int attempt = 0; attempt < kPullAttempts; ++attempt) {
    status = PullBlobOnce(descriptor, path);
    if (!absl::IsUnavailable(status)) return status;
  }
  return status;
}

absl::Status RegistryClient::PullBlobOnce(const Descriptor& descriptor,
                                          const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(OutputFile out, OutputFile::Create(path));
  BoundedSink bounded(&out, descriptor.size);
  DigestingSink sink(&bounded);
  HttpRequest request = {.url = Path(absl::StrCat("blobs/", descriptor.digest)),
                         .sink = &sink};
  ABSL_ASSIGN_OR_RETURN(const HttpResponse response,
                        session_->Send(std::move(request), Actions("pull")));
  if (response.status != 200) return session_->ResponseError(response);
  const std::string digest = sink.Finish();
  if (digest != descriptor.digest) {
    return absl::DataLossError(absl::StrCat("blob \"", descriptor.digest,
                                            "\" has digest \"", digest, "\""));
  }
  return out.Commit();
}

absl::StatusOr<bool> RegistryClient::HasBlob(const std::string& digest) {
  HttpRequest request = {.method = "HEAD",
                         .url = Path(absl::StrCat("blobs/", digest))};
  ABSL_ASSIGN_OR_RETURN(
      const HttpResponse response,
      session_->Send(std::move(request), Actions("pull,push")));
  if (response.status == 404) return false;
  if (response.status != 200) return session_->ResponseError(response);
  return true;
}

absl::StatusOr<bool> RegistryClient::PushBlob(const std::string& digest,
                                              absl::string_view bytes,
                                              const std::string& mount_from) {
  ABSL_ASSIGN_OR_RETURN(const bool has_blob, HasBlob(digest));
  if (has_blob) return false;
  HttpRequest start = {.method = "POST", .url = Path("blobs/uploads/")};
  if (!mount_from.empty()) {
    start.url = WithQuery(start.url, "mount", digest);
    start.url = WithQuery(start.url, "from", mount_from);
  }
  ABSL_ASSIGN_OR_RETURN(const HttpResponse started,
                        session_->Send(std::move(start), Actions("pull,push")));
  if (started.status == 201) return false;  // mounted
  if (started.status != 202) return session_->ResponseError(started);
  HttpRequest upload = {
      .method = "PUT",
      .url = WithQuery(started.Header("location"), "digest", digest),
      .headers = {{"Content-Type", "application/octet-stream"}},
      .body = bytes};
  ABSL_ASSIGN_OR_RETURN(
      const HttpResponse response,
      session_->Send(std::move(upload), Actions("pull,push")));
  if (response.status != 201) return session_->ResponseError(response);
  return true;
}

absl::Status RegistryClient::PushManifest(const std::string& reference,
                                          absl::string_view media_type,
                                          absl::string_view text) {
  HttpRequest request = {.method = "PUT",
                         .url = Path(absl::StrCat("manifests/", reference)),
                         .headers = {{"Content-Type", std::string(media_type)}},
                         .body = text};
  ABSL_ASSIGN_OR_RETURN(
      const HttpResponse response,
      session_->Send(std::move(request), Actions("pull,push")));
  if (response.status != 201) return session_->ResponseError(response);
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
