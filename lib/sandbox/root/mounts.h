#ifndef LIB_SANDBOX_ROOT_MOUNTS_H_
#define LIB_SANDBOX_ROOT_MOUNTS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/sandbox/root/host_files.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/root/system_mount.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Mounts all but /proc into the root: /dev with its nodes, pts, shm and mqueue;
// /sys read-only; /etc/hosts and /etc/resolv.conf; then the spec's mounts,
// whose special owners the root's then include. Sets the root's `sys` and
// `terminals`.
absl::Status MountInRoot(const SandboxSpec& spec, SandboxMode mode,
                         const HostFiles& host_files, RootDirectory& root);

// Mounts /proc for this process' pid namespace, and hides or write-protects
// what a container must not see of the machine.
absl::StatusOr<SystemMount> MountProc(const RootDirectory& root);

// Makes `path` the root directory of this mount namespace, and unmounts the
// old one.
absl::Status PivotRoot(const std::string& path);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_MOUNTS_H_
