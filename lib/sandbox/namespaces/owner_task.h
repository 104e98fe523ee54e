#ifndef LIB_SANDBOX_NAMESPACES_OWNER_TASK_H_
#define LIB_SANDBOX_NAMESPACES_OWNER_TASK_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "lib/rootfs/recorded_owner.h"

namespace rules_dockerfile {

// Runs `task` with the rights that files with such owners need: with kReal it
// is called; else in a child process that is root of a user namespace as
// EnterUserNamespace() creates it, so that it reads files of any mode and sets
// capabilities as a sandbox does. Its changes in memory are then lost. Returns
// what the task returns; PermissionDenied, as RunInSandbox(), if the system
// allows no user namespace. Must not be called while other threads run.
absl::StatusOr<std::string> RunAsOwner(
    OwnerStore owners, absl::FunctionRef<absl::StatusOr<std::string>()> task);

// Runs `task` in a child process, whose umask is 0, and returns what it
// returns; Internal `a child process was killed` if it does not end on its own.
// Must not be called while other threads run.
absl::StatusOr<std::string> RunInChild(
    absl::FunctionRef<absl::StatusOr<std::string>()> task);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_NAMESPACES_OWNER_TASK_H_
