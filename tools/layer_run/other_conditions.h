#ifndef TOOLS_LAYER_RUN_OTHER_CONDITIONS_H_
#define TOOLS_LAYER_RUN_OTHER_CONDITIONS_H_

#include "lib/run/run_layer.h"

namespace rules_dockerfile {

// Conditions that no layer may depend on, as different as can be from those of
// an ordinary run: emulated ids, a copy in place of an overlay, on disk, on one
// core (of this process and its children), without snapshots.
void SetOtherConditions(RunLayerOptions& options);

}  // namespace rules_dockerfile

#endif  // TOOLS_LAYER_RUN_OTHER_CONDITIONS_H_
