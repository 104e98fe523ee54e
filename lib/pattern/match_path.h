#ifndef LIB_PATTERN_MATCH_PATH_H_
#define LIB_PATTERN_MATCH_PATH_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Go's filepath.Match: "*" and "?" do not cross "/", "[a-z]" and "[^a]" are
// classes, "\" escapes. InvalidArgument `syntax error in pattern` if
// `pattern` is malformed, whether or not the path matches up to there.
absl::StatusOr<bool> MatchPath(absl::string_view pattern,
                               absl::string_view path);

}  // namespace rules_dockerfile

#endif  // LIB_PATTERN_MATCH_PATH_H_
