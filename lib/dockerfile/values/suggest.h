#ifndef LIB_DOCKERFILE_VALUES_SUGGEST_H_
#define LIB_DOCKERFILE_VALUES_SUGGEST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rules_dockerfile {

// " (did you mean X?)" where X is the first of the options with the least edit
// distance to `value`, or "" if none is nearer than 3 or one is equal.
// Distances ignore case unless `case_sensitive`; X keeps its case.
std::string DidYouMean(absl::string_view value,
                       absl::Span<const std::string> options,
                       bool case_sensitive);

// Levenshtein's edit distance between byte strings.
int EditDistance(absl::string_view a, absl::string_view b);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_VALUES_SUGGEST_H_
