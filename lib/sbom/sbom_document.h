#ifndef LIB_SBOM_SBOM_DOCUMENT_H_
#define LIB_SBOM_SBOM_DOCUMENT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "lib/sbom/inventory.h"

namespace rules_dockerfile {

// A regular file of the image, for documents that list them.
struct SbomFile {
  std::string path;
  std::string sha1;    // in hex
  std::string sha256;  // in hex
  int layer = 0;

  friend bool operator==(const SbomFile&, const SbomFile&) = default;
};

// The inventory as a document of SPDX 2.3 in JSON: the image contains its
// layers, a layer the packages that it adds, a package its files among
// `files` (by path), and a layer the others. The namespace of the document is
// made of the digest of all the rest.
std::string SpdxDocument(const Inventory& inventory,
                         const std::vector<SbomFile>& files = {});

// The same in CycloneDX 1.6 in JSON: the packages are components, files are
// components of their package, layer and line are properties of a component.
// The serial number is a UUID of version 8 (RFC 9562) from the digest of all
// the rest.
std::string CycloneDxDocument(const Inventory& inventory,
                              const std::vector<SbomFile>& files = {});

// Positions in the list of files: of those of each package, and, by their
// layer, of those that no package has.
struct FilesOf {
  std::vector<std::vector<size_t>> packages;
  std::vector<std::vector<size_t>> layers;
};
FilesOf FilesByOwner(const Inventory& inventory,
                     const std::vector<SbomFile>& files);

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_SBOM_DOCUMENT_H_
