#ifndef LIB_DOCKERFILE_VALUES_JSON_FORM_H_
#define LIB_DOCKERFILE_VALUES_JSON_FORM_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Returns the strings of `text` if all of it is a JSON array; nullopt if it is
// not and therefore in shell or list form. InvalidArgument if an element of the
// array is not a string.
//
// Reads JSON as Go's encoding/json does: bytes that are not UTF-8 and lone
// surrogates become U+FFFD.
absl::StatusOr<std::optional<std::vector<std::string>>> ParseJsonForm(
    absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_VALUES_JSON_FORM_H_
