#ifndef LIB_SIGNATURE_SIMPLE_SIGNING_H_
#define LIB_SIGNATURE_SIMPLE_SIGNING_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// What the signature of an image signs: "simple signing", in the form of
// cosign (specs/SIGNATURE_SPEC.md, "Payloads").

inline constexpr absl::string_view kSimpleSigningMediaType =
    "application/vnd.dev.cosign.simplesigning.v1+json";
// Of the blob of a payload: the signature, in base64.
inline constexpr absl::string_view kSignatureAnnotation =
    "dev.cosignproject.cosign/signature";

struct SigningPayload {
  std::string reference;  // the repository, "docker.io/library/debian"
  std::string digest;     // of the image: its manifest or index

  friend bool operator==(const SigningPayload&,
                         const SigningPayload&) = default;
};

// The bytes to sign: JSON without blanks.
std::string SigningPayloadText(const SigningPayload& payload);

// Reads a payload of hostile origin; what is in `optional` is not looked at,
// and a tag of the reference is dropped. The reference is in normal form.
// InvalidArgument if it is not a payload of this type.
absl::StatusOr<SigningPayload> ParseSigningPayload(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_SIGNATURE_SIMPLE_SIGNING_H_
