#ifndef LIB_BASE_PARAM_FILE_H_
#define LIB_BASE_PARAM_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// `args` with each `@file` replaced by the arguments in the file, one a line
// (Bazel's "multiline" format): ArgumentOfLine(). A lone "@" and what follows
// "--" stay. Param files do not nest.
absl::StatusOr<std::vector<std::string>> ExpandParamFiles(
    const std::vector<std::string>& args);

// The argument in a line of a param file: the line itself. After a leading
// backslash, `\n`, `\r` and `\\` represent these characters, as Bazel does not
// put them on their own line: param_line() in
// rules/private/actions/param_line.bzl.
std::string ArgumentOfLine(absl::string_view line);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_PARAM_FILE_H_
