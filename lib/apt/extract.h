#ifndef LIB_APT_EXTRACT_H_
#define LIB_APT_EXTRACT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace rules_dockerfile {

struct ExtractOptions {
  std::vector<std::string> debs;   // paths of .deb files
  std::vector<std::string> files;  // "DEST=SRC": files of no package
  int64_t epoch = 0;  // clamps mtimes, and is that of what no package has
  std::string layer_out;
  std::string index_out;
};

// Writes the layer and the index of a PackageTree with these packages, in
// whatever order they are given, and then the files: 0755 if they begin with
// "#!", else 0644. Errors name the package: `package "x_1_all.deb": …`.
absl::Status ExtractDebs(const ExtractOptions& options);

}  // namespace rules_dockerfile

#endif  // LIB_APT_EXTRACT_H_
