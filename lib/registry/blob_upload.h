#ifndef LIB_REGISTRY_BLOB_UPLOAD_H_
#define LIB_REGISTRY_BLOB_UPLOAD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/base/byte_source.h"
#include "lib/http/transport.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {

// Where a registry expects the bytes of a blob.
struct UploadPlace {
  std::string url;
  int64_t min_chunk = 0;  // the fewest bytes of a chunk that is not the last
};

// One upload of a blob that a registry has begun (OCI distribution-spec,
// "Pushing blobs"): all of it in one request, or in chunks of the session's
// chunk_size(), and the rest in another request if one broke off.
//
//   absl::StatusOr<HttpResponse> response = upload.Send();
//   while (<it broke off> && upload.AskWhatArrived()) response = upload.Send();
class BlobUpload {
 public:
  // `scope` is the scope to log in for. `session` must outlive the upload.
  BlobUpload(RegistrySession& session, std::string scope, UploadPlace place,
             std::string digest, std::unique_ptr<ByteSource> bytes)
      : session_(&session),
        scope_(std::move(scope)),
        url_(std::move(place.url)),
        min_chunk_(place.min_chunk),
        digest_(std::move(digest)),
        bytes_(std::move(bytes)) {}

  // Sends what has not arrived. The answer is 201 if the registry has the blob.
  // Nothing is tried again.
  absl::StatusOr<HttpResponse> Send();

  // Asks the registry how many bytes it got. False if it does not say, or
  // received none, or the bytes can be read only once: then the upload cannot
  // be continued.
  bool AskWhatArrived();

 private:
  absl::StatusOr<HttpResponse> Request(const std::string& method,
                                       const std::string& url,
                                       ByteSource* bytes);
  // The most bytes of a request.
  int64_t ChunkSize() const;

  RegistrySession* session_;
  std::string scope_;
  std::string url_;
  int64_t min_chunk_;
  std::string digest_;
  std::unique_ptr<ByteSource> bytes_;
  int64_t arrived_ = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_BLOB_UPLOAD_H_
