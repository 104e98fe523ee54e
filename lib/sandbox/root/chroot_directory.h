#ifndef LIB_SANDBOX_ROOT_CHROOT_DIRECTORY_H_
#define LIB_SANDBOX_ROOT_CHROOT_DIRECTORY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/root/placed_files.h"
#include "lib/sandbox/root/root_builder.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// InvalidArgument if the spec requires what only namespaces provide: its own
// network, another clock, a terminal, an emulator; or if it has no scratch
// directory.
absl::Status CheckChroot(const SandboxSpec& spec);

// Creates and fills a root directory for chroot(2) in the scratch directory.
// There is no overlay, and hard links become separate files.
absl::StatusOr<RootDirectory> MakeChrootDirectory(const SandboxRootfs& rootfs);

// Writes into a root of MakeChrootDirectory() what would be mounted otherwise:
// /dev with its nodes, then what every RootBuilder adds. /proc and /sys are
// empty. Mounts are copies, which the command may change. Unimplemented for a
// BindMount. Requires root's capabilities, CAP_MKNOD among them.
class PlacedRootBuilder : public RootBuilder {
 public:
  explicit PlacedRootBuilder(const RootDirectory& root);

  // What was added. RestoreTimes() when all is, Remove() when the command has
  // ended.
  PlacedFiles& placed() { return placed_; }

 private:
  absl::Status BeforeFiles() override;
  absl::Status BeforeMounts() override;
  absl::Status AddEtcFile(const std::string& name,
                          const std::string& text) override;
  absl::Status Add(const BindMount& mount, int source) override;
  absl::Status Add(const TmpfsMount& mount) override;
  absl::Status Add(const FileMount& mount, int number) override;
  absl::Status Add(const TreeMount& mount, int number) override;

  UniqueFd scratch_;
  PlacedFiles placed_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_CHROOT_DIRECTORY_H_
