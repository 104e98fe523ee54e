#ifndef LIB_SANDBOX_SPEC_SANDBOX_MODE_H_
#define LIB_SANDBOX_SPEC_SANDBOX_MODE_H_

#include "lib/rootfs/recorded_owner.h"

namespace rules_dockerfile {

// How a sandbox is created. All modes produce the same layers (RunLayerTest,
// IsTheSameToTheByteWith…).
enum class SandboxMode {
  // By root with all ids: real owners, real device nodes.
  kReal,
  // With the ids that newuidmap(1) maps for a user, or root itself: real
  // owners; a supervisor emulates device nodes, which a user namespace cannot
  // create.
  kMapped,
  // By root without namespaces: the command shares the host's processes and
  // network, and only its rootfs is separate. CheckChroot() lists what is not
  // available.
  kChroot,
  // By any user, with the one id that a user namespace always has; a supervisor
  // emulates ids and owners.
  kEmulated,
};

// How files record their owners in a sandbox of this mode.
inline OwnerStore OwnersOf(SandboxMode mode) {
  switch (mode) {
    case SandboxMode::kReal:
    case SandboxMode::kChroot:
      return OwnerStore::kReal;
    case SandboxMode::kMapped:
      return OwnerStore::kMapped;
    default:
      return OwnerStore::kRecorded;
  }
}

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SPEC_SANDBOX_MODE_H_
