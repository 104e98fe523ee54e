#ifndef LIB_BASE_PARAM_FILE_H_
#define LIB_BASE_PARAM_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rules_dockerfile {

// `args` with each `@file` replaced by the file's lines, one argument a line
// and nothing quoted (Bazel's "multiline" format). A lone "@" and what follows
// "--" stay. Param files do not nest.
absl::StatusOr<std::vector<std::string>> ExpandParamFiles(
    const std::vector<std::string>& args);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_PARAM_FILE_H_
