#ifndef LIB_REFERENCE_REFERENCE_H_
#define LIB_REFERENCE_REFERENCE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A name of an image: `registry/repository[:tag][@digest]`.
struct Reference {
  std::string registry;    // "docker.io", "localhost:5000"
  std::string repository;  // "library/debian"
  std::string tag;         // "" if none was given
  std::string digest;      // "" if none was given

  friend bool operator==(const Reference&, const Reference&) = default;
};

// Reads a reference as Docker does: without a registry it is docker.io's, and
// there a repository of one part is below "library". InvalidArgument
// `invalid reference "A:b": repository name must be lower case`.
absl::StatusOr<Reference> ParseReference(absl::string_view text);

// InvalidArgument `invalid tag "../x": expected at most 128 letters, digits,
// "_", "." and "-", the first no "." or "-"` if it is no tag.
absl::Status CheckTag(absl::string_view text);

// The whole name: "docker.io/library/debian:12". Parse(Text(x)) == x.
std::string ReferenceText(const Reference& reference);

// The name as people write it: "debian:12", "localhost:5000/a:latest".
std::string FamiliarText(const Reference& reference);

// `reference` with the tag "latest" if it has neither a tag nor a digest.
Reference WithDefaultTag(Reference reference);

}  // namespace rules_dockerfile

#endif  // LIB_REFERENCE_REFERENCE_H_
