#ifndef LIB_SBOM_DENIED_H_
#define LIB_SBOM_DENIED_H_

#include <string>
#include <vector>

#include "lib/sbom/inventory.h"

namespace rules_dockerfile {

// What an image must not have. In all patterns "*" is any text; case does not
// matter.
struct Denied {
  // SPDX identifiers: "AGPL-3.0*", "LicenseRef-*"; "NOASSERTION" for a package
  // whose licence is not known.
  std::vector<std::string> licenses;
  // "NAME", "NAME@VERSION" or a purl without qualifiers: "pkg:npm/left-pad",
  // "pkg:pypi/*@0.*".
  std::vector<std::string> packages;
  // Packages, as above, whose licences do not matter.
  std::vector<std::string> allowed_packages;
};

// One message per package and reason, in the order of the inventory:
// `bash 5.2-1: licence GPL-3.0-or-later: denied by "GPL-3.0*"; layer 0
// (sha256:…), base: RUN …`. A choice of licences is denied only if all are.
std::vector<std::string> DeniedPackages(const Inventory& inventory,
                                        const Denied& denied);

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_DENIED_H_
