#ifndef LIB_SANDBOX_NAMESPACES_NAMESPACES_H_
#define LIB_SANDBOX_NAMESPACES_NAMESPACES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Moves this process, which must have no threads, into a new user namespace in
// which it is root: with its one id for kRecorded, with LargestIdMaps() for
// kMapped.
absl::Status EnterUserNamespace(OwnerStore owners);

// Moves this process, which must have no threads, into new mount, UTS, IPC and
// cgroup namespaces, a network namespace for kNone, and except for kReal a user
// namespace. No mount made later is seen outside.
absl::Status EnterNamespaces(SandboxMode mode, SandboxNetwork network);

// Whether EnterNamespaces() would succeed, and for kReal also whether a new
// /proc can be mounted: tried in a child process.
bool CanEnterNamespaces(SandboxMode mode);

// What the host says about user namespaces.
struct NamespaceFacts {
  std::string unprivileged_userns_clone;  // sysctl values; "" if there is
  std::string max_user_namespaces;        // no such sysctl
  std::string apparmor_restrict_unprivileged_userns;
  bool seccomp = false;  // this process has a seccomp filter
  bool root = false;     // and its effective user id is 0
};

// The error for `operation` that failed with `error`, naming the cause, if the
// facts show one, and what to do.
absl::Status NamespaceError(const std::string& operation, int error,
                            const NamespaceFacts& facts);

// Brings the loopback device of this network namespace up.
absl::Status BringUpLoopback();

// A TCP socket that listens on `port` of this network namespace's loopback
// device.
absl::StatusOr<UniqueFd> ListenOnLoopback(int port);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_NAMESPACES_NAMESPACES_H_
