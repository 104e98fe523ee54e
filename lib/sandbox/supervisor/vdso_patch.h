#ifndef LIB_SANDBOX_SUPERVISOR_VDSO_PATCH_H_
#define LIB_SANDBOX_SUPERVISOR_VDSO_PATCH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "lib/sandbox/supervisor/notification.h"

namespace rules_dockerfile {

// Which functions of the vDSO are replaced.
struct VdsoPatchOptions {
  bool clock = false;       // those that return the time: by system calls
  bool processors = false;  // getcpu: always the first processor
};

// Programs ask the vDSO, which no filter sees, what time it is and on which
// processor they are; so at one of the first calls of a new program, before it
// can use them, the vDSO's functions in its memory are overwritten.
// Thread-safe.
class VdsoPatch {
 public:
  explicit VdsoPatch(const VdsoPatchOptions& options);

  // Patches the caller, which then goes on.
  Answer Apply(const Notification& call) const;

 private:
  struct VdsoFunction {
    uint64_t offset;  // from the vDSO's start
    std::string code;
  };

  // Whether all functions of the vDSO at that address could be overwritten.
  bool Overwrite(int memory_fd, uint64_t vdso) const;

  std::vector<VdsoFunction> functions_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_VDSO_PATCH_H_
