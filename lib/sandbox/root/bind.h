#ifndef LIB_SANDBOX_ROOT_BIND_H_
#define LIB_SANDBOX_ROOT_BIND_H_

#include <sys/mount.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Of a mount that holds data and nothing else.
inline constexpr unsigned long kHardened = MS_NOSUID | MS_NODEV | MS_NOEXEC;

// `cannot mount <what> on "<target>"`, and errno.
absl::Status MountError(absl::string_view what, absl::string_view target);

// Shows `source`, and what is mounted below it, at `target`. `flags` count with
// `read_only` alone.
absl::Status Bind(const std::string& source, const std::string& target,
                  bool read_only, unsigned long flags);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_BIND_H_
