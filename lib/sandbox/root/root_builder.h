#ifndef LIB_SANDBOX_ROOT_ROOT_BUILDER_H_
#define LIB_SANDBOX_ROOT_ROOT_BUILDER_H_

#include <string>

#include "absl/status/status.h"
#include "lib/sandbox/root/host_files.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Adds to a root directory what a command sees besides its rootfs. How it is
// added differs: MountedRootBuilder (mounts.h) mounts it, PlacedRootBuilder
// (chroot_directory.h) writes copies where nothing can be mounted.
class RootBuilder {
 public:
  virtual ~RootBuilder() = default;

  // Adds, in this order: what BeforeFiles() adds; /etc/hosts and
  // /etc/resolv.conf; what BeforeMounts() adds; the mounts. `host_files` must
  // be those of `view`. Stops at the first error.
  absl::Status Build(const SandboxView& view, const HostFiles& host_files);

 private:
  // Each adds /dev, and /sys and /proc as far as they are added here.
  virtual absl::Status BeforeFiles() = 0;
  virtual absl::Status BeforeMounts() = 0;

  // Adds a read-only file, /etc/`name`.
  virtual absl::Status AddEtcFile(const std::string& name,
                                  const std::string& text) = 0;

  // `number` is the mount's place among those of the view, `source` the open
  // file to bind.
  virtual absl::Status Add(const BindMount& mount, int source) = 0;
  virtual absl::Status Add(const TmpfsMount& mount) = 0;
  virtual absl::Status Add(const FileMount& mount, int number) = 0;
  virtual absl::Status Add(const TreeMount& mount, int number) = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_ROOT_BUILDER_H_
