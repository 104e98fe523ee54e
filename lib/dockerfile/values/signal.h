#ifndef LIB_DOCKERFILE_VALUES_SIGNAL_H_
#define LIB_DOCKERFILE_VALUES_SIGNAL_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Checks the value of STOPSIGNAL: a positive number, or a Linux signal's name
// in any case, with or without "SIG", RTMIN+1 and RTMAX-1 too. InvalidArgument
// `invalid signal: FOO`.
absl::Status ValidateSignal(absl::string_view signal);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_VALUES_SIGNAL_H_
