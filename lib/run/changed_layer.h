#ifndef LIB_RUN_CHANGED_LAYER_H_
#define LIB_RUN_CHANGED_LAYER_H_

#include <time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/layer/layer_times.h"
#include "lib/pattern/ignore.h"
#include "lib/process/unique_fd.h"
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

// The directory that a layer is written to. Movable.
class LayerPlace {
 public:
  // That of the file `path`, a path of the host.
  static LayerPlace Of(const std::string& path);

  // What is free in its file system, also where that has no path.
  int64_t Room() const;

 private:
  explicit LayerPlace(UniqueFd directory) : directory_(std::move(directory)) {}

  UniqueFd directory_;
};

// Writes what a command changed in its root directory, `lower`, as a layer to
// `layer`, which is in `place`, flushed and not committed. ResourceExhausted
// before it writes or reads more than what is free there. What `scrub` matches
// is not kept (see Scrub()). Returns the text of the layer's index.
absl::StatusOr<std::string> WriteChangedLayer(const LowerLayers& lower,
                                              const SandboxFiles& files,
                                              const IgnorePatterns& scrub,
                                              const ChangedTimes& times,
                                              const LayerPlace& place,
                                              OutputFile& layer);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_CHANGED_LAYER_H_
