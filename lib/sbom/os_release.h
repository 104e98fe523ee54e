#ifndef LIB_SBOM_OS_RELEASE_H_
#define LIB_SBOM_OS_RELEASE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "lib/sbom/image_root.h"

namespace rules_dockerfile {

// What an image is, by os-release(5); each "" if it does not say.
struct OsRelease {
  std::string id;       // ID
  std::string version;  // VERSION_ID, or else VERSION_CODENAME
  std::string name;     // PRETTY_NAME, or else NAME

  friend bool operator==(const OsRelease&, const OsRelease&) = default;
};

// Reads the text, as a shell would.
OsRelease ParseOsRelease(absl::string_view text);

// Reads /etc/os-release or /usr/lib/os-release.
OsRelease ReadOsRelease(const ImageRoot& root);

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_OS_RELEASE_H_
