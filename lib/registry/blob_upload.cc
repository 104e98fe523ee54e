#include "lib/registry/blob_upload.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/byte_source.h"
#include "lib/http/transport.h"
#include "lib/http/url.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {
namespace {

// How many bytes the Range of an upload says: "0-99", with some registries
// "bytes=0-99". Distribution returns "0-0" for no bytes as well as for one.
std::optional<int64_t> BytesOfRange(absl::string_view range) {
  absl::ConsumePrefix(&range, "bytes=");
  int64_t last = 0;
  if (!absl::ConsumePrefix(&range, "0-") || !absl::SimpleAtoi(range, &last) ||
      last <= 0) {
    return std::nullopt;
  }
  return last + 1;
}

}  // namespace

absl::StatusOr<HttpResponse> BlobUpload::Request(const std::string& method,
                                                 const std::string& url,
                                                 ByteSource* bytes) {
  HttpRequest request = {.method = method, .url = url, .source = bytes};
  request.headers["Content-Type"] = "application/octet-stream";
  if (method == "PATCH") {
    request.headers["Content-Range"] =
        absl::StrCat(arrived_, "-", arrived_ + bytes->size() - 1);
  }
  return session_->SendOnce(std::move(request), scope_);
}

int64_t BlobUpload::ChunkSize() const {
  if (session_->chunk_size() == 0) return bytes_->size();
  return std::max(session_->chunk_size(), min_chunk_);
}

absl::StatusOr<HttpResponse> BlobUpload::Send() {
  const int64_t chunk = ChunkSize();
  if (arrived_ == 0 && bytes_->size() <= chunk) {
    return Request("PUT", WithQuery(url_, "digest", digest_), bytes_.get());
  }
  while (arrived_ < bytes_->size()) {
    PartSource part(*bytes_, arrived_,
                    std::min(chunk, bytes_->size() - arrived_));
    absl::StatusOr<HttpResponse> response = Request("PATCH", url_, &part);
    if (!response.ok() || response->status != 202) return response;
    ABSL_ASSIGN_OR_RETURN(url_, session_->UploadUrl(*response));
    arrived_ += part.size();
  }
  return Request("PUT", WithQuery(url_, "digest", digest_), nullptr);
}

bool BlobUpload::AskWhatArrived() {
  const absl::StatusOr<HttpResponse> response =
      session_->SendOnce({.url = url_}, scope_);
  if (!response.ok() || response->status != 204) return false;
  const std::optional<int64_t> arrived =
      BytesOfRange(response->Header("range"));
  if (!arrived.has_value() || *arrived > bytes_->size()) return false;
  if (!bytes_->Seek(*arrived).ok()) return false;
  if (!response->Header("location").empty()) {
    absl::StatusOr<std::string> url = session_->UploadUrl(*response);
    if (!url.ok()) return false;
    url_ = *std::move(url);
  }
  arrived_ = *arrived;
  return true;
}

}  // namespace rules_dockerfile
