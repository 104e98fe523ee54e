#ifndef LIB_COMPARE_LIKELY_CAUSE_H_
#define LIB_COMPARE_LIKELY_CAUSE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Why the file `path` (relative, clean) may have come out in two ways, and the
// remedy, for people; "" if nothing is to be seen. `a` and `b` are the bytes
// around the first difference.
std::string LikelyCause(absl::string_view path, absl::string_view a,
                        absl::string_view b);

}  // namespace rules_dockerfile

#endif  // LIB_COMPARE_LIKELY_CAUSE_H_
