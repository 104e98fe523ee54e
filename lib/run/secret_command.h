#ifndef LIB_RUN_SECRET_COMMAND_H_
#define LIB_RUN_SECRET_COMMAND_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace rules_dockerfile {

// The exit code of a secret command that has no secret of that id.
inline constexpr int kNoSuchSecret = 3;

// Runs `<program> <id>` and returns its complete output; nullopt if it exits
// with kNoSuchSecret, or the id could be taken for an option. Aborted with the
// end of its standard error, and never with its output, if it fails or takes
// too long; OutOfRange if the secret is larger than BuildKit's limit, 500 KiB.
absl::StatusOr<std::optional<std::string>> AskSecretCommand(
    const std::string& program, const std::string& id,
    absl::Duration timeout = absl::Seconds(60));

}  // namespace rules_dockerfile

#endif  // LIB_RUN_SECRET_COMMAND_H_
