#ifndef LIB_SBOM_PACKAGE_FILES_H_
#define LIB_SBOM_PACKAGE_FILES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "lib/sbom/image_root.h"
#include "lib/sbom/package_readers.h"

namespace rules_dockerfile {

// How files of a kind are read.
struct PackageReader {
  ReadPackages read = nullptr;  // nullptr: not supported
  // Adds what other files of the image say about a package; nullptr: nothing.
  void (*add_details)(const ImageRoot& root, Package& package) = nullptr;
  int64_t max_size = 0;
};

// A file that lists packages.
struct PackageFile {
  std::string path;  // without symlinks
  const PackageReader* reader = nullptr;
};

// The files of the image that list packages, by path: databases where the
// package managers have them, and everywhere what is recognised by its name, or
// by its first bytes if it is executable.
std::vector<PackageFile> FindPackageFiles(const ImageRoot& root);

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_PACKAGE_FILES_H_
