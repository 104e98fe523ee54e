#ifndef LIB_OCI_STAGE_CONFIG_H_
#define LIB_OCI_STAGE_CONFIG_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/oci/image_config.h"
#include "lib/plan/step.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {

// The inputs of a stage's config.
struct StageConfigOptions {
  // The config of the base image or the parent stage; nullopt for scratch.
  std::optional<ImageConfig> parent;
  // The target platform. A parent's own stays unless `force_platform`.
  Platform platform;
  bool force_platform = false;
  // The time of creation of the stage's own history (SOURCE_DATE_EPOCH), in
  // seconds; without it, kDefaultTime, or the parent's if that is later.
  std::optional<int64_t> epoch;
  // The instructions after FROM, in order.
  std::vector<Step> steps;
  // Of the stage's own layers: one per step that creates a layer, in order.
  std::vector<std::string> diff_ids;
  // Set last, over the labels of the steps (docker build --label).
  std::map<std::string, std::string> labels;
};

// The config of a stage (docs/design/0001_artifacts.md, "Step"): the parent's
// without its triggers, PATH if it has none, then the steps one by one.
// InvalidArgument if a step's config has a field of the wrong type (`step 2
// "ENV A": field "Env": expected an array, got a string`), or `2 steps create a
// layer, but 1 layer is given`.
absl::StatusOr<ImageConfig> StageConfig(const StageConfigOptions& options);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_STAGE_CONFIG_H_
