#ifndef TOOLS_LAYER_RUN_RUN_FLAGS_H_
#define TOOLS_LAYER_RUN_RUN_FLAGS_H_

#include "absl/status/statusor.h"
#include "lib/network/mirrors.h"
#include "lib/run/run_layer.h"

namespace rules_dockerfile {

// What the flags say that layer_run and layer_record have in common: all but
// those about the network.
absl::StatusOr<RunLayerOptions> ReadRunFlags();

// What --mirror says.
absl::StatusOr<Mirrors> ReadMirrorFlags();

}  // namespace rules_dockerfile

#endif  // TOOLS_LAYER_RUN_RUN_FLAGS_H_
