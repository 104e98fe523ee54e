#ifndef LIB_SBOM_SBOM_TESTING_H_
#define LIB_SBOM_SBOM_TESTING_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/sbom/describe_image.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/scan_image.h"

namespace rules_dockerfile {

// Layers for a test, which live as long as the object.
class TestLayers {
 public:
  // A layer with these files, by path; "x -> y" as path is a symlink, "x => y"
  // a hard link, a path that ends in "*" is executable, "x/.wh.y" deletes.
  void Add(const std::vector<std::pair<std::string, std::string>>& files);

  std::vector<ScannedLayer> layers() const;

  // An image of these layers, the last of which have the origins.
  DescribedImage Image(const std::vector<std::string>& origins) const;

 private:
  std::vector<std::string> tars_;
};

// The content of a file of testdata.
std::string TestFile(absl::string_view name);

// The `width` lowest bytes of the number, little-endian.
std::string LittleEndianBytes(uint64_t number, int width);

// One line per package:
// `deb bash 5.2-1 [GPL-3.0-or-later] layer=0 var/lib/dpkg/status files=1
// size=1265648 pkg:deb/…`, then `note: …` lines.
std::string DumpInventory(const Inventory& inventory);

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_SBOM_TESTING_H_
