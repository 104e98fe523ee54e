#ifndef LIB_DOCKERFILE_VALUES_DURATION_H_
#define LIB_DOCKERFILE_VALUES_DURATION_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Returns the nanoseconds of a duration in Go's syntax: "1h30m", "1.5s",
// "-2ms", "0". InvalidArgument with Go's message: `time: missing unit in
// duration "5"`.
absl::StatusOr<int64_t> ParseGoDuration(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_VALUES_DURATION_H_
