#ifndef LIB_RUN_RUN_OPTIONS_H_
#define LIB_RUN_RUN_OPTIONS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/run/run_layer.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Parse values of flags. InvalidArgument names the expected values.
absl::StatusOr<SandboxNetwork> ParseSandboxNetwork(absl::string_view value);
absl::StatusOr<std::optional<SandboxMode>> ParseSandboxMode(
    absl::string_view value);
absl::StatusOr<RunClock> ParseRunClock(absl::string_view value);
absl::StatusOr<int> CheckProcessors(int value);
// From MiB to bytes.
absl::StatusOr<int64_t> CheckMemory(int64_t mebibytes);

// "NAME=ADDRESS", an IPv4 or IPv6 address, in or without brackets. Docker's
// messages: `bad format for add-host: "x"`, `invalid IP address in add-host:
// "x"`.
absl::StatusOr<HostAddress> ParseHostAddress(absl::string_view value);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_RUN_OPTIONS_H_
