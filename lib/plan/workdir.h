#ifndef LIB_PLAN_WORKDIR_H_
#define LIB_PLAN_WORKDIR_H_

#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Returns the absolute, lexically clean path of `path` in the working directory
// `workdir`; `workdir` itself if `path` is empty. ".." does not go above "/".
std::string JoinWorkdir(absl::string_view workdir, absl::string_view path);

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_WORKDIR_H_
