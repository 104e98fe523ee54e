#ifndef LIB_OCI_ARTIFACT_MANIFEST_H_
#define LIB_OCI_ARTIFACT_MANIFEST_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/make_manifest.h"

namespace rules_dockerfile {

// Artifacts: what is not an image but is stored as one, such as a signature or
// an attestation (image-spec manifest.md, "Guidelines for Artifact Usage"). An
// artifact with a subject is a *referrer* of that manifest.

// The config of an artifact without one: the blob "{}".
inline constexpr absl::string_view kOciEmptyMediaType =
    "application/vnd.oci.empty.v1+json";

// A blob of an artifact, in memory.
struct ArtifactBlob {
  std::string media_type;
  std::string bytes;
  std::map<std::string, std::string> annotations;  // of its descriptor
};

// What an artifact is made of.
struct ArtifactContents {
  // What it is. Empty only if the media type of `config` says it.
  std::string artifact_type;
  // nullopt: the empty descriptor.
  std::optional<ArtifactBlob> config;
  std::vector<ArtifactBlob> blobs;  // its layers; at least one
  // The manifest that it is about: its media type, digest and size count.
  std::optional<Descriptor> subject;
  std::map<std::string, std::string> annotations;
};

// An artifact with all of its bytes.
struct Artifact {
  // The descriptor is what a list of referrers has: with the annotations and
  // the type of the artifact.
  DescribedDocument manifest;
  std::optional<Descriptor> subject;
  std::map<std::string, std::string> blobs;  // by digest, with the config
  std::vector<Descriptor> descriptors;       // of the blobs: config, layers
};

// The OCI manifest of an artifact; the bytes depend on `contents` alone.
Artifact MakeArtifact(const ArtifactContents& contents);

// The manifest of an artifact, as read.
struct ArtifactManifest {
  std::string artifact_type;  // or the media type of the config
  Descriptor config;
  std::vector<Descriptor> layers;
  std::optional<Descriptor> subject;
  std::map<std::string, std::string> annotations;

  friend bool operator==(const ArtifactManifest&,
                         const ArtifactManifest&) = default;
};

// Reads any OCI manifest; that of an image, too, whose artifact type is its
// config's media type. InvalidArgument if it is not one, or also has the field
// of an index.
absl::StatusOr<ArtifactManifest> ParseArtifactManifest(absl::string_view text);

// The tag under which a registry without a list of referrers has the index of
// those of a manifest: "sha256-<hex>" (distribution-spec, "Referrers Tag
// Schema").
std::string ReferrersTag(absl::string_view subject_digest);

// The index `text` with one more referrer, in the last place; "" is an index
// without any. Nullopt if it lists the referrer. All else that the index has,
// stays. InvalidArgument if it is not an index.
absl::StatusOr<std::optional<std::string>> WithReferrer(
    absl::string_view text, const Descriptor& referrer);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_ARTIFACT_MANIFEST_H_
