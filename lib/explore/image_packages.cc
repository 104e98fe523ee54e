#include "lib/explore/image_packages.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/sbom/inventory.h"

namespace rules_dockerfile {

absl::StatusOr<ImagePackages> ParseImagePackages(absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(Inventory inventory, ParseInventory(text));
  ImagePackages image = {.os_name = std::move(inventory.os_name),
                         .notes = std::move(inventory.notes)};
  for (Package& package : inventory.packages) {
    image.packages.push_back(
        {.ecosystem = std::move(package.ecosystem),
         .name = std::move(package.name),
         .version = std::move(package.version),
         .licenses = std::move(package.licenses),
         .layer = package.layer,
         .files = static_cast<int64_t>(package.files.size()),
         .size = package.size});
  }
  std::stable_sort(image.packages.begin(), image.packages.end(),
                   [](const ImagePackage& a, const ImagePackage& b) {
                     return a.size > b.size;
                   });
  return image;
}

}  // namespace rules_dockerfile
