#ifndef LIB_REGISTRY_REFERRERS_H_
#define LIB_REGISTRY_REFERRERS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/oci/artifact_manifest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/referrer.h"
#include "lib/registry/client.h"

namespace rules_dockerfile {

// The referrers of a manifest in a repository (distribution-spec, "Pushing
// Manifests with Subject" and "Listing Referrers"). A registry without the API
// has their list as an index under the tag ReferrersTag().

// Pushes the blobs of the artifact and then its manifest, under its digest and
// the `tags`. If it has a subject, it is then among the referrers of that: the
// registry lists it, or else the index under the tag gets a line, and keeps
// those that it has. A blob that is there already is not sent again.
//
// InvalidArgument `tag "sha256-…": expected an index of referrers: …` if the
// tag leads to something else, which stays as it is; Aborted `tag "sha256-…":
// other clients keep changing it` if they do; errors of the registry:
// RegistryClient.
absl::Status PushArtifact(const Artifact& artifact,
                          const std::vector<std::string>& tags,
                          RegistryClient& client);

// The referrers of the manifest with the digest, in the registry's order: their
// digests and types are what the registry says, and not yet compared. Those of
// the list and of the tag, each once. InvalidArgument `referrers of
// "sha256:…": …` for an answer that is not an index, or is endless.
absl::StatusOr<std::vector<Descriptor>> ListReferrers(
    const std::string& subject_digest, RegistryClient& client);

// The referrers of what the tag or digest leads to, and of the manifests of an
// index, with BuildKit's attestation manifests in it: read, and compared with
// their digests. InvalidArgument `manifest "sha256:…": expected a referrer of
// "sha256:…"` if one is not about what the registry says.
absl::StatusOr<std::vector<Referrer>> ReadReferrers(
    const std::string& reference, RegistryClient& client);

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_REFERRERS_H_
