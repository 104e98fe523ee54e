#ifndef LIB_BASE_CLEAN_PATH_H_
#define LIB_BASE_CLEAN_PATH_H_

#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Go's path.Clean: the shortest path that is lexically the same. No double
// slash, no "." element, no "x/..", nothing above "/", no slash at the end.
// "." for "".
std::string CleanPath(absl::string_view path);

// Go's path.Base: the last element, "." for "" and "/" for slashes only.
std::string PathBase(absl::string_view path);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_CLEAN_PATH_H_
