#ifndef TOOLS_PROVENANCE_WRITE_MATERIALS_H_
#define TOOLS_PROVENANCE_WRITE_MATERIALS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/copy/build_context.h"
#include "lib/copy/context.h"
#include "lib/oci/provenance.h"

namespace rules_dockerfile {

// What an image was built from, as the flags of provenance_write name it.

// The digest of the file's bytes.
absl::StatusOr<std::string> DigestOfFile(const std::string& path);

// A file of a named context.
struct NamedFile {
  std::string context;
  ContextFile file;
};

absl::StatusOr<NamedFile> ParseNamedFile(absl::string_view json);

// An image: by the digest of its reference in a registry, or else by that in
// the file of its descriptor.
absl::StatusOr<Material> BaseMaterial(absl::string_view json);

// What an ADD fetched: by the SHA-256 that is given, or of the file.
absl::StatusOr<Material> RemoteMaterial(absl::string_view json);

// Adds what a RUN fetched by the lock in the file: each answer with a body.
absl::Status AddLockedMaterials(const std::string& path,
                                std::vector<Material>& materials);

// The files of a build context that its ignore files leave: their
// DirectoryHash() as "dirHash1". A temporary file begins with the path
// `temporary`.
absl::StatusOr<Material> ContextMaterial(const std::string& name,
                                         const BuildContextFiles& context,
                                         const std::string& temporary);

}  // namespace rules_dockerfile

#endif  // TOOLS_PROVENANCE_WRITE_MATERIALS_H_
