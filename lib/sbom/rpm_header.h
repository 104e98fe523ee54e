#ifndef LIB_SBOM_RPM_HEADER_H_
#define LIB_SBOM_RPM_HEADER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/listed_files.h"

namespace rules_dockerfile {

// The package of a header in rpm's database (rpm, "Package format V4",
// "Header"; without its magic number). Its paths count in `files`, which is for
// all packages of a database. InvalidArgument `rpm header: it is truncated`.
absl::StatusOr<Package> ReadRpmHeader(absl::string_view bytes,
                                      ListedFiles& files);

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_RPM_HEADER_H_
