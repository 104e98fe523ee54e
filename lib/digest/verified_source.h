#ifndef LIB_DIGEST_VERIFIED_SOURCE_H_
#define LIB_DIGEST_VERIFIED_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/base/byte_source.h"
#include "lib/digest/digest.h"

namespace rules_dockerfile {

// The bytes of a blob, compared with its digest while they are read: who reads
// them gets the last ones only if all are right.
class VerifiedSource : public ByteSource {
 public:
  // DataLoss `blob "sha256:…": expected 7 bytes, got 3` if `source` has another
  // size.
  static absl::StatusOr<std::unique_ptr<ByteSource>> Make(
      std::unique_ptr<ByteSource> source, const std::string& digest,
      int64_t size);

  // The error of Make(), for who trusts the digest.
  static absl::Status CheckSize(const ByteSource& source,
                                const std::string& digest, int64_t size);

  VerifiedSource(std::unique_ptr<ByteSource> source, std::string digest);

  int64_t size() const override { return source_->size(); }
  // DataLoss `blob "sha256:…" has digest "sha256:…"`.
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;
  // InvalidArgument beyond what was read. What was read is not compared a
  // second time.
  absl::Status Seek(int64_t offset) override;

 private:
  std::unique_ptr<ByteSource> source_;
  std::string digest_;
  Digester digester_;
  int64_t position_ = 0;
  int64_t digested_ = 0;  // so many bytes from the start
  bool verified_ = false;
};

}  // namespace rules_dockerfile

#endif  // LIB_DIGEST_VERIFIED_SOURCE_H_
