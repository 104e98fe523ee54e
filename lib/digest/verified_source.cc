#include "lib/digest/verified_source.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/byte_source.h"

namespace rules_dockerfile {

absl::StatusOr<std::unique_ptr<ByteSource>> VerifiedSource::Make(
    std::unique_ptr<ByteSource> source, const std::string& digest,
    int64_t size) {
  ABSL_RETURN_IF_ERROR(CheckSize(*source, digest, size));
  return std::make_unique<VerifiedSource>(std::move(source), digest);
}

absl::Status VerifiedSource::CheckSize(const ByteSource& source,
                                       const std::string& digest,
                                       int64_t size) {
  if (source.size() == size) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("blob \"", digest, "\": expected ",
                                          size, " bytes, got ", source.size()));
}

VerifiedSource::VerifiedSource(std::unique_ptr<ByteSource> source,
                               std::string digest)
    : source_(std::move(source)), digest_(std::move(digest)) {}

absl::StatusOr<size_t> VerifiedSource::Read(absl::Span<char> buffer) {
  ABSL_ASSIGN_OR_RETURN(const size_t n, source_->Read(buffer));
  const int64_t known =
      std::clamp<int64_t>(digested_ - position_, 0, static_cast<int64_t>(n));
  ABSL_RETURN_IF_ERROR(digester_.Append(
      absl::string_view(buffer.data(), n).substr(static_cast<size_t>(known))));
  position_ += static_cast<int64_t>(n);
  digested_ = std::max(digested_, position_);
  if (digested_ == size() && !verified_) {
    const std::string digest = digester_.Finish();
    if (digest != digest_) {
      return absl::DataLossError(
          absl::StrCat("blob \"", digest_, "\" has digest \"", digest, "\""));
    }
    verified_ = true;
  }
  return n;
}

absl::Status VerifiedSource::Seek(int64_t offset) {
  if (offset > digested_) {
    return absl::InvalidArgumentError(absl::StrCat(
        "blob \"", digest_, "\": only ", digested_, " bytes were compared"));
  }
  ABSL_RETURN_IF_ERROR(source_->Seek(offset));
  position_ = offset;
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
