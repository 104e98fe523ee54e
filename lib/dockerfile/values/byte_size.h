#ifndef LIB_DOCKERFILE_VALUES_BYTE_SIZE_H_
#define LIB_DOCKERFILE_VALUES_BYTE_SIZE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Returns the bytes of a size with a binary unit, in any case: "64", "1.5k",
// "10 MiB", "1gb" (docker/go-units, RAMInBytes). InvalidArgument `invalid size:
// "x"`.
absl::StatusOr<int64_t> ParseByteSize(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_VALUES_BYTE_SIZE_H_
