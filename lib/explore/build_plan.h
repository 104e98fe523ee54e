#ifndef LIB_EXPLORE_BUILD_PLAN_H_
#define LIB_EXPLORE_BUILD_PLAN_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/oci/image_config.h"

namespace rules_dockerfile {

// An instruction of a stage, with its place in the Dockerfile.
struct PlanInstruction {
  int line = 0;
  std::string text;  // as *.instruction files have it
  bool has_layer = false;
  bool has_history = false;  // FROM and ONBUILD triggers have none

  friend bool operator==(const PlanInstruction&,
                         const PlanInstruction&) = default;
};

// What a stage was built from: the file `plan.json` that the rules write.
struct BuildPlan {
  std::string dockerfile;                     // its path
  std::string stage;                          // name or number
  std::vector<PlanInstruction> instructions;  // FROM first

  friend bool operator==(const BuildPlan&, const BuildPlan&) = default;
};

// InvalidArgument as of JsonNode for a field that is missing or of another
// type.
absl::StatusOr<BuildPlan> ParseBuildPlan(absl::string_view text);

// One line of the build of an image.
struct ReportInstruction {
  std::string text;
  std::string dockerfile;  // "" if only the history has it
  std::string stage;
  int line = 0;    // 0 if there is no Dockerfile
  int layer = -1;  // index of the layer that it made; -1 for none

  friend bool operator==(const ReportInstruction&,
                         const ReportInstruction&) = default;
};

// The instructions that made the layers, base first: those of the history that
// no plan accounts for, then those of the plans. The last plan made the
// topmost layers. InvalidArgument if the plans have more layers than the
// config: `the plans have 3 layers: expected at most 2`.
absl::StatusOr<std::vector<ReportInstruction>> InstructionsOfImage(
    const ImageConfig& config, absl::Span<const BuildPlan> plans);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLORE_BUILD_PLAN_H_
