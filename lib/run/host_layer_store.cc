#include "lib/run/host_layer_store.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/run/layer_store.h"
#include "lib/run/run_memory.h"
#include "lib/run/scratch.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

absl::StatusOr<LayerStore> CreateHostLayerStore() {
  if (!ReadScratchFacts().tmpfs_xattrs) {
    return absl::UnimplementedError("a tmpfs takes no extended attributes");
  }
  const SandboxChoice choice = ChooseSandbox(SandboxNeeds());
  return LayerStore::Create(OwnersOf(choice.mode));
}

int64_t DefaultLayerStoreLimit() { return UsableMemory() / 8; }

}  // namespace rules_dockerfile
