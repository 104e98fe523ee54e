#ifndef LIB_SBOM_PACKAGE_READERS_H_
#define LIB_SBOM_PACKAGE_READERS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/sbom/image_root.h"
#include "lib/sbom/inventory.h"

namespace rules_dockerfile {

// What a package may have in name, version, architecture and source together,
// in bytes. Those with more are left out of an inventory.
inline constexpr size_t kMaxPackageName = 4096;

// The packages that a file of the image lists, from its data and its path,
// which is for messages and for what its name says. All data is hostile: sizes,
// counts and depths are bounded. Of the packages, `licenses` has the texts that
// stand there, `files` the paths as listed, and `purl`, `layer`, `location` and
// `size` are not set. An entry without a name is left out.
using ReadPackages = absl::StatusOr<std::vector<Package>> (*)(
    absl::string_view data, absl::string_view path);

// dpkg's "status" (deb-src-control(5), dpkg-query(1)): what is unpacked at
// least, so not what is removed with its configuration left behind.
absl::StatusOr<std::vector<Package>> ReadDpkgStatus(absl::string_view data,
                                                    absl::string_view path);
// A file of a directory "status.d" (distroless): one package, which is there.
absl::StatusOr<std::vector<Package>> ReadDpkgStatusFile(absl::string_view data,
                                                        absl::string_view path);
// apk's "installed" (apk-tools, "apk-package(5)").
absl::StatusOr<std::vector<Package>> ReadApkInstalled(absl::string_view data,
                                                      absl::string_view path);
// rpm's databases in SQLite and in its own format "ndb"; keys of signers, which
// are entries, too, are left out.
absl::StatusOr<std::vector<Package>> ReadRpmSqlite(absl::string_view data,
                                                   absl::string_view path);
absl::StatusOr<std::vector<Package>> ReadRpmNdb(absl::string_view data,
                                                absl::string_view path);

// METADATA or PKG-INFO (Python packaging, "Core metadata specifications").
absl::StatusOr<std::vector<Package>> ReadPythonMetadata(absl::string_view data,
                                                        absl::string_view path);
// package.json below node_modules.
absl::StatusOr<std::vector<Package>> ReadNodePackage(absl::string_view data,
                                                     absl::string_view path);
// A program: the modules that Go linked, with its standard library, and the
// crates that cargo-auditable recorded. None if it is not an ELF file, or has
// neither. The first package is the program itself, if it says what it is.
absl::StatusOr<std::vector<Package>> ReadProgram(absl::string_view data,
                                                 absl::string_view path);
// A jar, with the jars in it.
absl::StatusOr<std::vector<Package>> ReadJar(absl::string_view data,
                                             absl::string_view path);

// Sets `files` of a package of dpkg, and `licenses` from
// /usr/share/doc/NAME/copyright.
void AddDpkgDetails(const ImageRoot& root, Package& package);
// Sets `files` of a Python package from RECORD or installed-files.txt.
void AddPythonFiles(const ImageRoot& root, Package& package);
// Sets `files` of a Node package: its directory, without the
// node_modules in it.
void AddNodeFiles(const ImageRoot& root, Package& package);

// The licences that a copyright file of Debian names, in order: of the format
// of DEP-5 the short names, else the files of /usr/share/common-licenses that
// it refers to, as "common-licenses/GPL-2". The first 1000.
std::vector<std::string> CopyrightLicenses(absl::string_view copyright);

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_PACKAGE_READERS_H_
