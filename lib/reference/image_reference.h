#ifndef LIB_REFERENCE_IMAGE_REFERENCE_H_
#define LIB_REFERENCE_IMAGE_REFERENCE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The name of an image (distribution/reference), normalised: "debian" is
// docker.io, library/debian.
struct ImageReference {
  std::string domain;  // "docker.io", "localhost:5000"
  std::string path;    // "library/debian"
  std::string tag;     // "" when not given
  std::string digest;  // "sha256:…", "" when not given

  friend bool operator==(const ImageReference&,
                         const ImageReference&) = default;
};

// InvalidArgument with the reference library's message: `invalid reference
// format: repository name (library/Foo) must be lowercase`.
absl::StatusOr<ImageReference> ParseImageReference(absl::string_view text);

// InvalidArgument `unsupported digest algorithm`, `invalid checksum digest
// length` or `… format` unless it is "sha256:", "sha384:" or "sha512:" and hex.
absl::Status CheckDigest(absl::string_view digest);

// With the tag "latest" if there is neither a tag nor a digest.
ImageReference WithDefaultTag(ImageReference reference);

// "docker.io/library/debian:latest@sha256:…".
std::string ReferenceText(const ImageReference& reference);

// The full reference of what `text` names: "debian" is
// "docker.io/library/debian:latest". `text` itself if it is no reference.
std::string NormalizedReference(absl::string_view text);

// As people write it: without docker.io/ and docker.io/library/.
std::string FamiliarReferenceText(const ImageReference& reference);

}  // namespace rules_dockerfile

#endif  // LIB_REFERENCE_IMAGE_REFERENCE_H_
