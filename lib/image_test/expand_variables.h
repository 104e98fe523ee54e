#ifndef LIB_IMAGE_TEST_EXPAND_VARIABLES_H_
#define LIB_IMAGE_TEST_EXPAND_VARIABLES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// `text` with $NAME and ${NAME} replaced by their value in `environment`, or
// ""; other dollars stay.
std::string ExpandVariables(absl::string_view text,
                            const std::vector<std::string>& environment);

}  // namespace rules_dockerfile

#endif  // LIB_IMAGE_TEST_EXPAND_VARIABLES_H_
