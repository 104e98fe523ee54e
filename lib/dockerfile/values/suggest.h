#ifndef LIB_DOCKERFILE_VALUES_SUGGEST_H_
#define LIB_DOCKERFILE_VALUES_SUGGEST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rules_dockerfile {

// Returns " (did you mean X?)" where X is the first of the options with the
// least edit distance to `value`; "" if that distance is 3 or more, or an
// option equals `value`. Distances ignore case unless `case_sensitive`; X keeps
// its case.
std::string DidYouMean(absl::string_view value,
                       absl::Span<const std::string> options,
                       bool case_sensitive);

// Returns Levenshtein's edit distance of two byte strings.
int EditDistance(absl::string_view a, absl::string_view b);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_VALUES_SUGGEST_H_
