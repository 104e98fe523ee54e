#ifndef LIB_SANDBOX_NAMESPACES_PROCESS_STATE_H_
#define LIB_SANDBOX_NAMESPACES_PROCESS_STATE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/namespaces/users.h"
#include "lib/sandbox/seccomp/syscall_policy.h"

namespace rules_dockerfile {

// Sets the resource limits of every command, as far as this process is
// permitted: those of a systemd service, no core files, and `processes` per
// user (0: no limit), which the kernel does not apply to the host's root.
void SetResourceLimits(int processes);

// Limits the number of processes and threads of the pid namespace of which this
// process is pid 1, if the kernel can: Linux 6.14. /proc must be that of the
// host.
void LimitPidNamespace(int processes);

// Makes the kernel kill this process and its children before others when the
// host runs out of memory. /proc must be one in which this process appears.
void OfferToOomKiller();

// Reduces the bounding, permitted and effective capabilities to the 14 of a
// Docker container, and clears the inheritable and ambient ones.
absl::Status LimitCapabilities();

// Makes this process run as the user.
absl::Status BecomeUser(const UserIds& user);

// Installs the filter; returns the listener if something is supervised.
absl::StatusOr<UniqueFd> InstallFilter(const SyscallPolicyOptions& options);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_NAMESPACES_PROCESS_STATE_H_
