#ifndef LIB_SANDBOX_SANDBOX_CHOICE_H_
#define LIB_SANDBOX_SANDBOX_CHOICE_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// What a process may do.
struct SandboxFacts {
  bool root = false;       // its effective user id is 0
  bool sys_admin = false;  // it has CAP_SYS_ADMIN
  int64_t ids = 1;         // mapped in its user namespace, from 0 on
  // Ids that it may map in a new user namespace: LargestIdMaps().
  int64_t own_ids = 0;
};
SandboxFacts ReadSandboxFacts();

// What a command needs.
struct SandboxNeeds {
  int64_t largest_id = 0;  // of the owners of the rootfs' files
  bool emulator = false;   // SandboxView::emulator
  // Files of the rootfs stay when the sandbox has ended: with mapped ids their
  // user could not remove them.
  bool keeps_files = false;
  // kChroot is acceptable if namespaces are not available.
  bool weak_isolation = false;
};

struct SandboxChoice {
  SandboxMode mode = SandboxMode::kEmulated;
  std::string why;  // "one id mapped"
};

// Returns the first mode of kReal, kMapped, kEmulated and, if acceptable,
// kChroot that the needs and the host allow; else kEmulated, whose failure says
// what to do. `works` tries a mode.
SandboxChoice ChooseSandbox(const SandboxFacts& facts,
                            const SandboxNeeds& needs,
                            absl::FunctionRef<bool(SandboxMode)> works);

// The same for this process, which must have no threads. What worked once is
// not tried again, nor in forks of this process.
SandboxChoice ChooseSandbox(const SandboxNeeds& needs);

// Whether this process, which must have no threads, can have such a sandbox at
// all.
bool CanHaveSandbox(SandboxMode mode);

// "real", "mapped", "emulated", "chroot".
const char* SandboxModeName(SandboxMode mode);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SANDBOX_CHOICE_H_
