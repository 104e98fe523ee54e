#ifndef LIB_APT_DPKG_DATABASE_H_
#define LIB_APT_DPKG_DATABASE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/apt/deb_package.h"

namespace rules_dockerfile {

// A package whose files have been extracted.
struct ExtractedPackage {
  const DebPackage* package = nullptr;
  // As `dpkg -L` shows them: "/.", "/usr", "/usr/bin", … in archive order.
  std::vector<std::string> paths;
  // MD5 in hex of each conffile, by absolute path.
  std::map<std::string, std::string> conffile_md5;
};

// A file of dpkg's administrative directory.
struct DatabaseFile {
  std::string path;  // below var/lib/dpkg
  uint32_t mode = 0644;
  std::string contents;

  friend bool operator==(const DatabaseFile&, const DatabaseFile&) = default;
};

// The state that dpkg is in after it has unpacked `packages` and configured
// none: `dpkg --configure -a` completes the installation. Conffiles count as
// installed already. Files are sorted by path.
// InvalidArgument if a package is given twice, or a trigger is malformed.
absl::StatusOr<std::vector<DatabaseFile>> DpkgDatabase(
    absl::Span<const ExtractedPackage> packages);

}  // namespace rules_dockerfile

#endif  // LIB_APT_DPKG_DATABASE_H_
