#ifndef LIB_NETWORK_LOCKED_EVIDENCE_H_
#define LIB_NETWORK_LOCKED_EVIDENCE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/json/json_fwd.h"

namespace rules_dockerfile {

// A signature: bytes, and what they sign.
struct ImageSignature {
  std::string payload;
  std::string signature;

  friend bool operator==(const ImageSignature&,
                         const ImageSignature&) = default;
};

// What shows that an image of a lock is signed: signatures, and the documents
// that lead from what they sign to the image. It is not trusted: who builds
// checks it (lib/signature/image_signature.h).
struct LockedEvidence {
  std::string image;   // as LockedImage::image
  std::string policy;  // label of the target with the keys: "//a:debian.verify"
  std::vector<ImageSignature> signatures;
  std::vector<std::string> documents;  // index and manifests, as in registries

  friend bool operator==(const LockedEvidence&,
                         const LockedEvidence&) = default;
};

// The object of a lock, and back; all bytes are in base64.
Json LockedEvidenceToJson(const LockedEvidence& evidence);
absl::StatusOr<LockedEvidence> LockedEvidenceFromJson(const JsonNode& node);

}  // namespace rules_dockerfile

#endif  // LIB_NETWORK_LOCKED_EVIDENCE_H_
