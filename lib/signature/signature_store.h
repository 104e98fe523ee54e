#ifndef LIB_SIGNATURE_SIGNATURE_STORE_H_
#define LIB_SIGNATURE_SIGNATURE_STORE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/network/locked_evidence.h"
#include "lib/oci/descriptor.h"
#include "lib/registry/client.h"
#include "lib/registry/mirrored_registry.h"
#include "lib/signature/signer.h"

namespace rules_dockerfile {

// Signatures in a registry, beside the image that they sign: as cosign's tag
// (cosign, specs/SIGNATURE_SPEC.md, "Storage"), and as a referrer of the image
// (distribution-spec, "Listing Referrers").

// The type of a signature that is a referrer, as cosign has it.
inline constexpr absl::string_view kSignatureArtifactType =
    "application/vnd.dev.cosign.artifact.sig.v1+json";

// The tag of the signatures of a digest: "sha256-<hex>.sig".
std::string SignatureTag(absl::string_view digest);

// Adds a signature of the manifest or index `subject`. The others under the tag
// stay; what is there already is not added again. Two that add at the same
// time may lose one of the two under the tag, as with cosign.
// ResourceExhausted `tag "sha256-….sig" has 100 signatures: expected less`.
absl::Status PushSignature(const SigningAnswer& answer,
                           const Descriptor& subject, RegistryClient& client);

// The signatures of the digest, of the tag and then of the referrers, each
// once, not verified. NotFound `no signature of sha256:…` if there is none.
// ResourceExhausted if there are more than kMaxSignatures, or a payload or a
// signature is too long; errors of the registry: RegistryClient.
absl::StatusOr<std::vector<ImageSignature>> PullSignatures(
    const std::string& digest, RegistryClient& client);

// The same from the first host that has any; none if no host has.
absl::StatusOr<std::vector<ImageSignature>> PullSignatures(
    const std::string& digest, const std::string& repository,
    MirroredRegistry& registry);

}  // namespace rules_dockerfile

#endif  // LIB_SIGNATURE_SIGNATURE_STORE_H_
