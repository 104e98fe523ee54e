#ifndef LIB_SIGNATURE_SIGNATURE_TESTING_H_
#define LIB_SIGNATURE_SIGNATURE_TESTING_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "lib/network/locked_evidence.h"
#include "lib/signature/simple_signing.h"

struct evp_pkey_st;

namespace rules_dockerfile {

// A key that a test makes and signs with.
class TestKey {
 public:
  // "P-256", "P-384", "P-521", "secp256k1"; "ED25519"; "RSA-2048", of any
  // length.
  explicit TestKey(absl::string_view kind);

  std::string PublicPem() const;
  std::string PrivatePem() const;

  // A signature of the message; `hash` is "SHA256" or the like, "" for Ed25519.
  std::string Sign(absl::string_view message,
                   absl::string_view hash = "SHA256") const;

  // A signature of an image, with SHA-256.
  ImageSignature SignImage(const SigningPayload& payload) const {
    const std::string text = SigningPayloadText(payload);
    return {.payload = text, .signature = Sign(text)};
  }

 private:
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SIGNATURE_SIGNATURE_TESTING_H_
