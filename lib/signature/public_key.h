#ifndef LIB_SIGNATURE_PUBLIC_KEY_H_
#define LIB_SIGNATURE_PUBLIC_KEY_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct evp_pkey_st;

namespace rules_dockerfile {

// A key that signatures are checked with. The key alone decides how: nothing
// that comes with a signature names an algorithm.
//
//   ECDSA P-256     SHA-256, signature in DER
//   ECDSA P-384     SHA-384 or SHA-256 (cosign 2), signature in DER
//   Ed25519         the message itself (RFC 8032)
//   RSA, 2048 bits  PKCS #1 v1.5, SHA-256; at most 16384 bits
class PublicKey {
 public:
  // Reads one PEM block "PUBLIC KEY" (RFC 7468, section 13). InvalidArgument
  // `expected one PEM block "PUBLIC KEY"`, also for a private key, no part of
  // which is in the message; `expected an ECDSA key of P-256 or P-384, an
  // Ed25519 key, or an RSA key of 2048 to 16384 bits, got …` for another key.
  static absl::StatusOr<PublicKey> Parse(absl::string_view pem);

  // Whether `signature` is one of `message` by this key.
  bool Verifies(absl::string_view message, absl::string_view signature) const;

 private:
  enum class Kind { kP256, kP384, kEd25519, kRsa };

  PublicKey(std::shared_ptr<evp_pkey_st> key, Kind kind)
      : key_(std::move(key)), kind_(kind) {}
  static absl::StatusOr<Kind> KindOf(const evp_pkey_st* key);

  std::shared_ptr<evp_pkey_st> key_;
  Kind kind_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SIGNATURE_PUBLIC_KEY_H_
