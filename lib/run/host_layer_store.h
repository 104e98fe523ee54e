#ifndef LIB_RUN_HOST_LAYER_STORE_H_
#define LIB_RUN_HOST_LAYER_STORE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "lib/run/layer_store.h"

namespace rules_dockerfile {

// Creates a store for the sandbox that ordinary RUNs have on this host. An
// error if there is no such sandbox, or its memory takes no extended attributes
// (Linux 6.6). This process must have no threads.
absl::StatusOr<LayerStore> CreateHostLayerStore();

// An eighth of UsableMemory(), in bytes.
int64_t DefaultLayerStoreLimit();

}  // namespace rules_dockerfile

#endif  // LIB_RUN_HOST_LAYER_STORE_H_
