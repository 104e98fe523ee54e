#ifndef LIB_EXPLORE_IMAGE_PACKAGES_H_
#define LIB_EXPLORE_IMAGE_PACKAGES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A package of an image, as the inventory file has it.
struct ImagePackage {
  std::string ecosystem;  // "deb", "pypi", …
  std::string name;
  std::string version;
  std::vector<std::string> licenses;
  int layer = 0;      // the one that adds it
  int64_t files = 0;  // number of its files
  int64_t size = 0;   // of their data

  friend bool operator==(const ImagePackage&, const ImagePackage&) = default;
};

struct ImagePackages {
  std::string os_name;  // "Debian GNU/Linux 12 (bookworm)", or ""
  std::vector<ImagePackage> packages;  // largest first, then as in the file
  std::vector<std::string> notes;      // what could not be read

  friend bool operator==(const ImagePackages&, const ImagePackages&) = default;
};

// Reads what a report shows of an inventory file (`*.inventory.json`). Errors
// as of ParseInventory().
absl::StatusOr<ImagePackages> ParseImagePackages(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLORE_IMAGE_PACKAGES_H_
