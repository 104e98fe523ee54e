#ifndef LIB_SIGNATURE_IMAGE_SIGNATURE_H_
#define LIB_SIGNATURE_IMAGE_SIGNATURE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/network/locked_evidence.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/signature/public_key.h"
#include "lib/signature/simple_signing.h"

namespace rules_dockerfile {

// Who may have signed an image.
struct SignaturePolicy {
  // Each key with the name of its file, for messages: "debian.pub". One is
  // enough.
  std::vector<std::pair<std::string, PublicKey>> keys;
  // The repository that payloads name, in normal form; "" for the image's own.
  std::string signed_as;
};

// More signatures of one image are not looked at: an error.
inline constexpr int kMaxSignatures = 100;

// Reads the files of the policy's keys; errors name the file.
absl::StatusOr<SignaturePolicy> ReadSignaturePolicy(
    absl::Span<const std::string> key_paths, const std::string& signed_as);

// The names of the keys: `"k.pub" or "l.pub"`.
std::string KeyNames(const SignaturePolicy& policy);

// The first of the signatures that a key of the policy verifies, and whose
// payload is what is expected; the others need not be valid. Its key's name is
// the second.
//
// PermissionDenied `expected a signature of h/a@sha256:… by "k.pub" or "l.pub",
// got none`, and with others a line for each: `signature 1 is by none of these
// keys`, `signature 2 is of h/b`.
absl::StatusOr<std::pair<ImageSignature, std::string>> FindSignature(
    absl::Span<const ImageSignature> signatures, const SignaturePolicy& policy,
    const SigningPayload& expected);

// An image as a lock pins it, and how the build has it.
struct PinnedImage {
  std::string repository;  // in normal form: "docker.io/library/debian"
  std::string digest;      // that the reference was locked with
  std::string platform;    // that it was locked for: "linux/arm/v7"
  std::string manifest;    // digest of the platform's manifest: it, or listed
  std::string config;      // digest
  std::vector<LayerDescriptor> layers;  // base first
};

// Checks that the image is signed, without asking anybody: the signature is of
// the locked digest, or of the platform's manifest; an index that is locked has
// the manifest; the manifest has the config, and the layers with digest, size
// and compression. Errors: FindSignature();
// DataLoss `the index sha256:… does not list the manifest sha256:…` and the
// like if the documents do not lead there.
absl::Status VerifyPinnedImage(const PinnedImage& image,
                               const LockedEvidence& evidence,
                               const SignaturePolicy& policy);

// Checks that the image is what its config says: one for the system and
// architecture of the platform (many a config lacks the variant), and with the
// diff_ids of the layers. DataLoss `expected an image for linux/amd64, got one
// for linux/arm64`.
absl::Status CheckPinnedConfig(const PinnedImage& image,
                               const ImageConfig& config);

}  // namespace rules_dockerfile

#endif  // LIB_SIGNATURE_IMAGE_SIGNATURE_H_
