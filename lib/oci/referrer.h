#ifndef LIB_OCI_REFERRER_H_
#define LIB_OCI_REFERRER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/file_set.h"

namespace rules_dockerfile {

// A manifest about another one: an artifact with a subject, or BuildKit's
// attestation manifest, which an index lists beside the image.
struct Referrer {
  std::string subject;  // digest
  Descriptor manifest;  // its media type, digest and size
  // The artifact's type; "attestation-manifest" of BuildKit's.
  std::string type;
  // The types of the in-toto predicates in it, of those that say it.
  std::vector<std::string> predicates;

  friend bool operator==(const Referrer&, const Referrer&) = default;
};

// What the manifest `text` with the descriptor refers to; nullopt for an image.
// Errors: ParseArtifactManifest().
absl::StatusOr<std::optional<Referrer>> ReferrerOf(const Descriptor& descriptor,
                                                   absl::string_view text);

// Those that an OCI layout has: of index.json, and of the indexes in it, in
// order, each once. DataLoss if a manifest does not match its digest;
// InvalidArgument if indexes nest deeper than 4, or list more than 4096
// manifests.
absl::StatusOr<std::vector<Referrer>> LayoutReferrers(FileSet& files);

// A listing: a line for each subject, and below it one for each referrer, with
// its digest, size, type and predicates. "no referrers\n" without any.
std::string ReferrersText(const std::vector<Referrer>& referrers);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_REFERRER_H_
