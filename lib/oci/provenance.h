#ifndef LIB_OCI_PROVENANCE_H_
#define LIB_OCI_PROVENANCE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/json/json.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {

// How an image was built, as a SLSA provenance v1 predicate: docs/
// supply_chain.md, "Provenance". It has no time, no host and no id of a run, so
// that the same build has the same provenance.

// Something that the image was built from (in-toto's ResourceDescriptor).
struct Material {
  std::string uri;
  std::string name;
  std::map<std::string, std::string> digest;  // hex, by algorithm: "sha256"

  friend auto operator<=>(const Material&, const Material&) = default;
};

struct BuildRecord {
  std::string dockerfile;         // its path in the workspace
  std::string dockerfile_digest;  // "sha256:…"
  std::string target;             // name of the stage, or its number
  std::string platform;           // "linux/amd64"
  std::string network;            // of RUN: "none", "locked", "host"
  std::map<std::string, std::string> build_args;
  std::vector<Material> materials;  // in any order; each counts once
  std::string version;              // of the tools
};

// The predicate of kProvenancePredicate.
Json ProvenancePredicate(const BuildRecord& record);

// The image as BuildKit names it, a package URL of type "docker":
// "pkg:docker/debian@12?digest=sha256:…&platform=linux%2Famd64".
std::string ImagePurl(const ImageReference& reference,
                      absl::string_view platform);

// The digest of files by their path, each with its own in hex: SHA-256 over the
// lines that `sha256sum` prints of them, sorted by path, in hex. in-toto's
// "dirHash1" (Hash1 of golang.org/x/mod/sumdb/dirhash) is the same.
std::string DirectoryHash(const std::map<std::string, std::string>& files);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_PROVENANCE_H_
