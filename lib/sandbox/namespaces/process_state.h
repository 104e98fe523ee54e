#ifndef LIB_SANDBOX_NAMESPACES_PROCESS_STATE_H_
#define LIB_SANDBOX_NAMESPACES_PROCESS_STATE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/namespaces/users.h"
#include "lib/sandbox/seccomp/syscall_policy.h"

namespace rules_dockerfile {

// Sets the resource limits that every command sees, as far as this process may:
// those of a systemd service, no core files, and `processes` for each user (0:
// any number), which the kernel does not hold the host's root to.
void SetResourceLimits(int processes);

// Bounds the pid namespace that this process is pid 1 of to so many processes
// and threads, where the kernel can: Linux 6.14. /proc must be one of outside.
void LimitPidNamespace(int processes);

// Has the kernel kill this process and those it makes before others when the
// machine runs out of memory. /proc must be one in which this process appears.
void OfferToOomKiller();

// Leaves the 14 capabilities of a Docker container in the bounding, permitted
// and effective sets, none in the inheritable and ambient ones.
absl::Status LimitCapabilities();

// Makes this process run as the user.
absl::Status BecomeUser(const UserIds& user);

// Installs the filter; returns the listener if something is supervised.
absl::StatusOr<UniqueFd> InstallFilter(const SyscallPolicyOptions& options);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_NAMESPACES_PROCESS_STATE_H_
