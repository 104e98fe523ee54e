#ifndef LIB_SBOM_SHA1_H_
#define LIB_SBOM_SHA1_H_

#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The SHA-1 of `bytes` in hex, which SPDX 2.3 demands of files: not for
// anything that must be safe.
std::string Sha1Hex(absl::string_view bytes);

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_SHA1_H_
