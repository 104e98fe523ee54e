#ifndef LIB_DIGEST_DIGEST_H_
#define LIB_DIGEST_DIGEST_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"

namespace rules_dockerfile {

// The identity of some bytes, in the text form of the OCI image-spec
// (descriptor.md, "Digests"): "sha256:" and 64 lower-case hex digits.

// The digest of `bytes`.
std::string DigestOf(absl::string_view bytes);

// `text` if it is a digest. InvalidArgument `digest "md5:0": expected
// "sha256:<64 lower-case hex digits>"`.
absl::StatusOr<std::string> ParseDigest(absl::string_view text);

// The part after "sha256:" of a digest; borrows from it.
absl::string_view DigestHex(absl::string_view digest);

// The bytes that a digest has in hex.
using Sha256 = std::array<unsigned char, 32>;

// Computes the digest of bytes as they come. Append() never fails. One for many
// files costs less than one for each.
//
//   Digester digester;
//   ABSL_RETURN_IF_ERROR(CopyTo(&digester));
//   const std::string digest = digester.Finish();
class Digester : public ByteSink {
 public:
  Digester();
  ~Digester() override;

  absl::Status Append(absl::string_view bytes) override;

  // The digest of all bytes so far; the digester then starts afresh.
  std::string Finish();
  Sha256 FinishHash();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// Passes bytes on to `sink` and computes their digest and number.
class DigestingSink : public ByteSink {
 public:
  // `sink` must outlive this object.
  explicit DigestingSink(ByteSink* sink) : sink_(sink) {}

  absl::Status Append(absl::string_view bytes) override;
  std::string Finish() { return digester_.Finish(); }
  int64_t size() const { return size_; }

 private:
  ByteSink* sink_;
  Digester digester_;
  int64_t size_ = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_DIGEST_DIGEST_H_
