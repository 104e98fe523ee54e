#ifndef LIB_SANDBOX_ROOT_CHROOT_DIRECTORY_H_
#define LIB_SANDBOX_ROOT_CHROOT_DIRECTORY_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/sandbox/root/host_files.h"
#include "lib/sandbox/root/placed_files.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The root directory of a command for chroot(2), in the spec's scratch
// directory, and what stands in it while the command runs.
struct ChrootDirectory {
  RootDirectory root;  // no overlay
  PlacedFiles placed;
};

// InvalidArgument if the spec wants what only namespaces give: a network of its
// own, another clock, a terminal, an emulator; or no scratch directory is set.
absl::Status CheckChroot(const SandboxSpec& spec);

// Fills the root directory, makes the working directory in it, and places what
// would be mounted otherwise: /dev with its nodes, /etc/hosts and
// /etc/resolv.conf, the spec's mounts. /proc and /sys are empty. Mounts are
// copies, which may be written. Unimplemented for kBind. Needs root's
// capabilities, CAP_MKNOD among them.
absl::StatusOr<ChrootDirectory> MakeChrootDirectory(
    const SandboxSpec& spec, const HostFiles& host_files);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_CHROOT_DIRECTORY_H_
