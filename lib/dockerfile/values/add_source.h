#ifndef LIB_DOCKERFILE_VALUES_ADD_SOURCE_H_
#define LIB_DOCKERFILE_VALUES_ADD_SOURCE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// What a source of ADD is, by its text alone. Git repositories come first:
// "https://host/x.git" is one.
enum class SourceKind { kPath, kUrl, kGit };
SourceKind KindOfSource(absl::string_view source);

// The name of the file that ADD makes of a URL: the last element of its path,
// percent-decoded; trailing slashes do not count. "__unnamed__" if there is
// none.
std::string UrlFileName(absl::string_view url);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_VALUES_ADD_SOURCE_H_
