#ifndef LIB_APT_DEB_PACKAGE_H_
#define LIB_APT_DEB_PACKAGE_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/apt/control.h"

namespace rules_dockerfile {

// A file of a package's control archive: a maintainer script, "md5sums", …
struct DebControlFile {
  uint32_t mode = 0644;
  std::string contents;

  friend bool operator==(const DebControlFile&,
                         const DebControlFile&) = default;
};

// A Debian binary package, deb(5).
struct DebPackage {
  ControlParagraph control;
  // All files of the control archive but "control", by name.
  std::map<std::string, DebControlFile> control_files;
  std::string data_tar;  // the file system archive, uncompressed

  std::string name() const { return std::string(control.Value("Package")); }

  // What the package's files in dpkg's database are called: the name, with the
  // architecture if several may be installed together ("libc6:amd64").
  std::string database_name() const;
};

// Reads a .deb file of format 2, its members compressed in any way that dpkg
// knows. Package, Version and Architecture are present and well formed, the
// control files' names are plain: they may become paths. InvalidArgument
// `control.tar: …`, `field Package "../x": expected …`.
absl::StatusOr<DebPackage> ReadDebPackage(absl::string_view deb);

}  // namespace rules_dockerfile

#endif  // LIB_APT_DEB_PACKAGE_H_
