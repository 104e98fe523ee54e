#ifndef LIB_CONTAINER_STOP_SIGNAL_H_
#define LIB_CONTAINER_STOP_SIGNAL_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The number of the signal that a config's StopSignal names: a number or a
// name as ValidateSignal() takes it; SIGTERM for "". InvalidArgument
// `invalid signal: FOO`.
absl::StatusOr<int> StopSignalNumber(absl::string_view signal);

}  // namespace rules_dockerfile

#endif  // LIB_CONTAINER_STOP_SIGNAL_H_
