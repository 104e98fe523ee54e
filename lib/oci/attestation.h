#ifndef LIB_OCI_ATTESTATION_H_
#define LIB_OCI_ATTESTATION_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/json/json.h"
#include "lib/oci/artifact_manifest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/layout_plan.h"

namespace rules_dockerfile {

// Attestations: in-toto Statements about an image (in-toto attestation
// framework v1), and the two forms in which registries keep them.

inline constexpr absl::string_view kProvenancePredicate =
    "https://slsa.dev/provenance/v1";
inline constexpr absl::string_view kSpdxPredicate = "https://spdx.dev/Document";
inline constexpr absl::string_view kCycloneDxPredicate =
    "https://cyclonedx.org/bom";

// A Statement, and its type of predicate.
struct Attestation {
  std::string predicate_type;
  std::string statement;
};

// The Statement that the predicate is of the manifest with the digest, which
// the `names` are those of; "_" without any.
Attestation MakeAttestation(absl::string_view predicate_type, Json predicate,
                            const std::string& digest,
                            const std::vector<std::string>& names);

// The Statement in `text`. InvalidArgument if it is not one, or not one about
// the manifest: `expected a statement about "sha256:…", got one about
// "sha256:…"`.
absl::StatusOr<Attestation> ParseAttestation(absl::string_view text,
                                             const std::string& digest);

// The attestation as a referrer of the image's manifest.
Artifact AttestationReferrer(const Attestation& attestation,
                             const Descriptor& image);

// BuildKit's attestation manifest (docs/attestations/attestation-storage.md of
// BuildKit) for an index that lists the image, too: the descriptor has its
// annotations and its platform, "unknown/unknown".
Artifact AttestationManifest(const std::vector<Attestation>& attestations,
                             const Descriptor& image);

// Where attestations go.
enum class AttestationFormat {
  kReferrers,
  kIndex,  // an attestation manifest for each image
};

// InvalidArgument `attestation format "x": expected "referrers" or "index"`.
absl::StatusOr<AttestationFormat> ParseAttestationFormat(
    absl::string_view text);

// A predicate about an image of a layout; one of kProvenancePredicate is a
// complete Statement.
struct Predicate {
  size_t image = 0;  // position of its manifest
  std::string type;
  std::string text;
};

// Adds the attestations to the images. As referrers they change nothing that
// is there. In an index they make a new index: it lists what the old one does,
// or the one image, and then the attestation manifests, with the predicates in
// order. InvalidArgument `attestation of image 1: there are 1`, and of
// ParseAttestation().
absl::Status AddAttestations(const std::vector<Predicate>& predicates,
                             AttestationFormat format,
                             LayoutContents& contents);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_ATTESTATION_H_
