#ifndef LIB_BASE_PARALLEL_H_
#define LIB_BASE_PARALLEL_H_

#include <cstddef>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace rules_dockerfile {

// Calls `work` with each of [0, count), at most `jobs` at a time, each in the
// order of the numbers. After an error no further one begins, and those that
// have begun are waited for. The error is that of the lowest number.
absl::Status ForEachInParallel(size_t count, int jobs,
                               absl::FunctionRef<absl::Status(size_t)> work);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_PARALLEL_H_
