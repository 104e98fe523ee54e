#ifndef LIB_CONTAINER_MEMORY_SIZE_H_
#define LIB_CONTAINER_MEMORY_SIZE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Bytes, as docker reads them (go-units, RAMInBytes): a number, maybe with a
// point, and b, k, m, g, t or p, of either case, with "b" or "ib" after it:
// "512m", "1.5 GiB", "1048576". InvalidArgument `expected a size such as
// "512m", got "x"`.
absl::StatusOr<int64_t> ParseMemorySize(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_CONTAINER_MEMORY_SIZE_H_
