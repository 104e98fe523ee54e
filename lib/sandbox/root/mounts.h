#ifndef LIB_SANDBOX_ROOT_MOUNTS_H_
#define LIB_SANDBOX_ROOT_MOUNTS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/root/root_builder.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/root/system_mount.h"
#include "lib/sandbox/spec/sandbox_mode.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Mounts into a root, in a private mount namespace: /dev with its nodes, pts,
// shm and mqueue; /sys read-only; then what every RootBuilder adds. Adds the
// special owners of the mounts to those of the root, and sets its `sys` and
// `terminals`. /proc is MountProc()'s.
class MountedRootBuilder : public RootBuilder {
 public:
  // `root` must outlive the builder.
  MountedRootBuilder(RootDirectory& root, OwnerStore owners)
      : root_(root), owners_(owners) {}

 private:
  absl::Status BeforeFiles() override;
  absl::Status BeforeMounts() override { return absl::OkStatus(); }
  absl::Status AddEtcFile(const std::string& name,
                          const std::string& text) override;
  absl::Status Add(const BindMount& mount, int source) override;
  absl::Status Add(const TmpfsMount& mount) override;
  absl::Status Add(const FileMount& mount, int number) override;
  absl::Status Add(const TreeMount& mount, int number) override;

  RootDirectory& root_;
  OwnerStore owners_;
};

// Mounts /proc for the pid namespace of this process, and hides or
// write-protects what a container must not see of the host.
absl::StatusOr<SystemMount> MountProc(const RootDirectory& root,
                                      SandboxMode mode);

// Makes `path` the root directory of this mount namespace, and unmounts the
// old one.
absl::Status PivotRoot(const std::string& path);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_MOUNTS_H_
