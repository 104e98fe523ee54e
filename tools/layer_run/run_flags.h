#ifndef TOOLS_LAYER_RUN_RUN_FLAGS_H_
#define TOOLS_LAYER_RUN_RUN_FLAGS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/network/mirrors.h"
#include "lib/run/run_layer.h"

namespace rules_dockerfile {

// Returns the values of the flags that layer_run and layer_record share: all
// except those about the network. Warnings are printed to standard error.
absl::StatusOr<RunLayerOptions> ReadRunFlags();

// Returns the values of --mirror.
absl::StatusOr<Mirrors> ReadMirrorFlags();

// Prints the notes to standard error, and returns the status.
absl::Status PrintNotes(const RunLayerResult& result);

}  // namespace rules_dockerfile

#endif  // TOOLS_LAYER_RUN_RUN_FLAGS_H_
