#ifndef LIB_SANDBOX_NAMESPACES_OWNER_TASK_H_
#define LIB_SANDBOX_NAMESPACES_OWNER_TASK_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "lib/rootfs/recorded_owner.h"

namespace rules_dockerfile {

// Runs `task` with the rights that files with such owners need: with kReal it
// is called; else in a child process that is root of a user namespace as
// EnterUserNamespace() makes it, so that it reads files of any mode and sets
// capabilities as a sandbox does. There, what the task changes in memory is
// lost. Returns what the task returns; PermissionDenied, as RunInSandbox(), if
// the system allows no user namespace. Not to be called with other threads
// running.
absl::StatusOr<std::string> RunAsOwner(
    OwnerStore owners, absl::FunctionRef<absl::StatusOr<std::string>()> task);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_NAMESPACES_OWNER_TASK_H_
