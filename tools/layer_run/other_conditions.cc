#include "tools/layer_run/other_conditions.h"

#include <sched.h>

namespace rules_dockerfile {
namespace {

// Stays on the first core that it may use. More cores must not be a reason to
// fail.
void UseOneCore() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return;
  int cpu = 0;
  while (cpu < CPU_SETSIZE && !CPU_ISSET(cpu, &allowed)) ++cpu;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  sched_setaffinity(0, sizeof(one), &one);
}

}  // namespace

void SetOtherConditions(RunLayerOptions& options) {
  options.mode = SandboxMode::kEmulated;
  options.overlay = false;
  options.scratch = {.available_memory = 0, .tmpfs_xattrs = false};
  UseOneCore();
}

}  // namespace rules_dockerfile
