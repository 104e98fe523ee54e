#ifndef LIB_DOCKERFILE_VALUES_ADD_SOURCE_H_
#define LIB_DOCKERFILE_VALUES_ADD_SOURCE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

enum class SourceKind { kPath, kUrl, kGit };

// Returns the kind of `source`, judged by its text alone. A URL of a Git
// repository, such as "https://host/x.git", is kGit.
SourceKind KindOfSource(absl::string_view source);

// Returns the name of the file that ADD creates from a URL: the last element of
// its path, percent-decoded, without trailing slashes. "__unnamed__" if the
// path has no such element.
std::string UrlFileName(absl::string_view url);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_VALUES_ADD_SOURCE_H_
