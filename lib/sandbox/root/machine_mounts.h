#ifndef LIB_SANDBOX_ROOT_MACHINE_MOUNTS_H_
#define LIB_SANDBOX_ROOT_MACHINE_MOUNTS_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/root/system_mount.h"

namespace rules_dockerfile {

struct MachineMounts {
  // If set, the second in which the clock starts: the boot was a second before,
  // with the same id on all hosts.
  std::optional<int64_t> clock_start;
  int processors = 0;  // SandboxView::processors
};

// Mounts the files of the fixed machine (shown_machine.h) over those of the
// mounted /proc and of the root's /sys.
absl::Status ShowMachine(const RootDirectory& root, const SystemMount& proc,
                         const MachineMounts& machine);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_MACHINE_MOUNTS_H_
