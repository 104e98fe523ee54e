#ifndef TOOLS_LAYER_RUN_KEPT_LAYERS_H_
#define TOOLS_LAYER_RUN_KEPT_LAYERS_H_

#include "lib/run/run_layer.h"
#include "lib/worker/action_tool.h"

namespace rules_dockerfile {

// Makes a worker keep the layers below its RUNs.
WorkerPart KeepLayers();

// In a worker, sets the members of the options about the store of layers, which
// --layer_store limits, and a limit of memory if there is none.
void UseKeptLayers(RunLayerOptions& options);

}  // namespace rules_dockerfile

#endif  // TOOLS_LAYER_RUN_KEPT_LAYERS_H_
