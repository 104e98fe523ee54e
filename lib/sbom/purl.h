#ifndef LIB_SBOM_PURL_H_
#define LIB_SBOM_PURL_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/sbom/inventory.h"

namespace rules_dockerfile {

// The parts of a package URL (purl-spec, "Rules for each purl component"),
// not encoded.
struct Purl {
  std::string type;
  std::string name_space;  // parts separated by "/"; "" for none
  std::string name;
  std::string version;
  std::map<std::string, std::string> qualifiers;  // empty values are left out
};

// "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64". What is not a letter, a
// digit or one of "-._~:" is percent-encoded, byte by byte.
std::string PurlText(const Purl& purl);

// The purl of a package, by the rules of its type (purl-spec, "Package URL
// types"), with `architecture` and `source` as "arch" and "upstream"; those of
// a distribution (`os_id`, `os_version` of its os-release) have it as
// namespace and "distro". "" if the package has no name, or a jar no group.
std::string PackagePurl(const Package& package, absl::string_view os_id,
                        absl::string_view os_version);

// The purl of an image: type "oci".
std::string ImagePurl(absl::string_view name, absl::string_view digest,
                      absl::string_view architecture);

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_PURL_H_
