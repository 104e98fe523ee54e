#ifndef LIB_SBOM_INVENTORY_H_
#define LIB_SBOM_INVENTORY_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A layer of the image, and what created it.
struct InventoryLayer {
  std::string diff_id;
  std::string digest;      // of the blob
  std::string created_by;  // of the history; "" if it does not say
  // The Dockerfile and the line of the instruction; "" and 0 for a layer of an
  // image that was not built from a Dockerfile by these rules.
  std::string dockerfile;
  int line = 0;

  friend bool operator==(const InventoryLayer&,
                         const InventoryLayer&) = default;
};

// "app/Dockerfile:7: RUN make", or "base: RUN make" for a layer without a line.
std::string LayerOrigin(const InventoryLayer& layer);

// A package that the root of the image has, all layers applied.
struct Package {
  std::string ecosystem;  // a type of purl: "deb", "apk", "rpm", "pypi", "npm",
                          // "golang", "maven" or "cargo"
  // As the package manager spells it: "libc6", "@babel/core",
  // "org.slf4j:slf4j-api", "golang.org/x/sys".
  std::string name;
  std::string version;
  std::string architecture;  // "" if it has none
  // The source package, "openssl" or "openssl@3.0.11-1", if it has another name
  // or version; else "".
  std::string source;
  std::string supplier;  // "Debian X <x@example.com>", "" if unknown
  std::string purl;      // "" if what is known does not make one
  // SPDX licence expressions, sorted, all of which hold; empty if unknown. What
  // is not in SPDX's list is a LicenseRef of Inventory::license_refs.
  std::vector<std::string> licenses;
  int layer = 0;         // position in Inventory::layers, see above
  std::string location;  // path of the file that says that it is there
  // Paths of its files, other than directories and links to one, that are
  // there, without symlinks among their parents, sorted; empty if its database
  // has no list.
  std::vector<std::string> files;
  int64_t size = 0;  // of the data of `files`

  friend bool operator==(const Package&, const Package&) = default;
};

// What an image is made of. `layer` of a package is the first layer since which
// all have had this package in this version at this location: a later layer
// that only rewrites the database does not count.
//
// The inventory file (`*.inventory.json`) has this as JSON:
//
//   {"version": 1, "image": "sha256:…", "created": "1970-01-01T00:00:00Z",
//    "platform": "linux/amd64",
//    "os": {"id": "debian", "version_id": "12", "pretty_name": "Debian …"},
//    "layers": [{"diff_id": "sha256:…", "digest": "sha256:…",
//                "created_by": "RUN …", "dockerfile": "app/Dockerfile",
//                "line": 7}],
//    "packages": [{"ecosystem": "deb", "name": "bash", "version": "5.2-1",
//                  "purl": "pkg:deb/debian/bash@5.2-1?arch=amd64",
//                  "licenses": ["GPL-3.0-or-later"], "layer": 0,
//                  "location": "var/lib/dpkg/status",
//                  "files": ["usr/bin/bash"], "size": 1265648}],
//    "license_refs": {"LicenseRef-x": "x"}, "notes": ["…"]}
//
// Texts that are empty, lists that are empty, and a line of 0 are left out.
// Bytes that are not UTF-8 are U+FFFD.
struct Inventory {
  std::string image;     // digest of the manifest
  std::string name;      // of the image, such as "app/image"
  std::string created;   // RFC 3339, UTC, whole seconds
  std::string platform;  // "linux/amd64"
  // ID, VERSION_ID and PRETTY_NAME of os-release(5); "" if it has none.
  std::string os_id;
  std::string os_version;
  std::string os_name;
  std::vector<InventoryLayer> layers;  // base first
  // By ecosystem, name, version, architecture, location; none twice.
  std::vector<Package> packages;
  // The text of each LicenseRef- name of a package.
  std::map<std::string, std::string> license_refs;
  // What could not be read, and why.
  std::vector<std::string> notes;

  friend bool operator==(const Inventory&, const Inventory&) = default;
};

// The inventory file's text and back; Parse(ToText(x)) == x for texts in UTF-8.
std::string InventoryToText(const Inventory& inventory);
absl::StatusOr<Inventory> ParseInventory(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_INVENTORY_H_
