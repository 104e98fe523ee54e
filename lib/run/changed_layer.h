#ifndef LIB_RUN_CHANGED_LAYER_H_
#define LIB_RUN_CHANGED_LAYER_H_

#include <time.h>

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/layer/layer_times.h"
#include "lib/pattern/ignore.h"
#include "lib/run/lower_layers.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The times of a command and of the files that it leaves.
struct ChangedTimes {
  // When it started, by the host's clock. Files written since get
  // `layer.now`, or the time of the command's fake clock. nullopt: they keep
  // the host's time.
  std::optional<timespec> start;
  LayerTimes layer;
};

// Writes what a command changed in its root directory, `lower`, as a layer to
// `layer`, flushed and not committed. What `scrub` matches is not kept (see
// Scrub()). Returns the text of the layer's index.
absl::StatusOr<std::string> WriteChangedLayer(const LowerLayers& lower,
                                              const SandboxFiles& files,
                                              const IgnorePatterns& scrub,
                                              const ChangedTimes& times,
                                              OutputFile& layer);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_CHANGED_LAYER_H_
