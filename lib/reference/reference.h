#ifndef LIB_REFERENCE_REFERENCE_H_
#define LIB_REFERENCE_REFERENCE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The name of an image, `registry/repository[:tag][@digest]`, in the normal
// form of github.com/distribution/reference.
struct ImageReference {
  std::string registry;    // "docker.io", "localhost:5000"
  std::string repository;  // "library/debian"
  std::string tag;         // "" if the name has none
  std::string digest;      // "sha256:…", "" if the name has none

  friend bool operator==(const ImageReference&,
                         const ImageReference&) = default;
};

// Parses a name as Docker does: the default registry is docker.io, where a
// repository of one part is below "library". InvalidArgument
// `invalid reference "A:b": repository name must be lower case`, also for a
// digest that is not sha256.
absl::StatusOr<ImageReference> ParseImageReference(absl::string_view text);

// As ParseImageReference(), but a digest may be any that CheckDigest() accepts,
// and the messages are those of the function of this name in
// distribution/reference, which the Dockerfile frontend passes on: `invalid
// reference format: repository name (library/Foo) must be lowercase`.
absl::StatusOr<ImageReference> ParseNormalizedNamed(absl::string_view text);

// InvalidArgument `unsupported digest algorithm`, `invalid checksum digest
// length` or `… format` unless it is "sha256:", "sha384:" or "sha512:" and hex.
absl::Status CheckDigest(absl::string_view digest);

// InvalidArgument `invalid tag "../x": expected at most 128 letters, digits,
// "_", "." and "-", not beginning with "." or "-"` if it is not a tag.
absl::Status CheckTag(absl::string_view text);

// Returns the full name: "docker.io/library/debian:12". Parse(Text(x)) == x.
std::string ReferenceText(const ImageReference& reference);

// Returns the name as people write it: "debian:12", "localhost:5000/a:latest".
std::string FamiliarText(const ImageReference& reference);

// Returns `reference` with the tag "latest" if it has neither a tag nor a
// digest.
ImageReference WithDefaultTag(ImageReference reference);

// Returns the full name, with a tag or a digest, of the image that `text`
// names: "debian" is "docker.io/library/debian:latest". Returns `text` itself
// if it is not the name of an image.
std::string NormalizedReference(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_REFERENCE_REFERENCE_H_
