#ifndef LIB_RUN_CHANGED_LAYER_H_
#define LIB_RUN_CHANGED_LAYER_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/pattern/ignore.h"
#include "lib/run/lower_layers.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Writes what a command changed in its root directory, `lower`, as a layer to
// `layer`, flushed and not committed; no file is younger than `epoch`. What
// `scrub` matches is not kept (see Scrub()). Returns the text of the layer's
// index.
absl::StatusOr<std::string> WriteChangedLayer(const LowerLayers& lower,
                                              const SandboxFiles& files,
                                              const IgnorePatterns& scrub,
                                              int64_t epoch, OutputFile& layer);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_CHANGED_LAYER_H_
