#ifndef LIB_BASE_LINE_DIFFERENCE_H_
#define LIB_BASE_LINE_DIFFERENCE_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Where two texts part.
struct LineDifference {
  size_t line = 0;   // from 1
  std::string want;  // the line of each; "<end>" where a text has no line
  std::string got;

  friend bool operator==(const LineDifference&,
                         const LineDifference&) = default;
};

// The first line that differs; nullopt if the texts are equal.
std::optional<LineDifference> FirstLineDifference(absl::string_view want,
                                                  absl::string_view got);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_LINE_DIFFERENCE_H_
