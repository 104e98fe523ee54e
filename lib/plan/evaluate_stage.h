#ifndef LIB_PLAN_EVALUATE_STAGE_H_
#define LIB_PLAN_EVALUATE_STAGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/plan/build_state.h"
#include "lib/plan/evaluation.h"
#include "lib/plan/step.h"

namespace rules_dockerfile {

// What the FROM of a stage names.
struct StageStart {
  // A file with the state after the last instruction of an earlier stage;
  std::string state;
  // else a file with the config of an image, and the triggers that it is
  // declared to have; else scratch.
  std::string config;
  std::vector<std::string> onbuild;
  // Of an image or scratch, such as "linux/amd64".
  std::string platform;
};

// The instructions of a stage, in order. Each is a file: `NAME.instruction`,
// the text of one that can be evaluated by itself (EvaluateInstruction), or the
// step of another, which changes no state.
struct StageInstructions {
  std::vector<std::string> files;
  // Those of `files` that are a WORKDIR with a layer, even if it is "/".
  std::vector<std::string> workdir_layers;
};

// A stage, or its beginning.
struct StageEvaluation {
  BuildState state;         // after the last instruction
  std::vector<Step> steps;  // that of FROM first, if it names no stage
};

// Evaluates FROM and the instructions after it.
//
// Errors of an instruction begin with its text: InvalidArgument `EXPOSE 70000:
// invalid containerPort: 70000`. InvalidArgument `ONBUILD triggers do not match
// base_image(onbuild = […]); expected […]`.
absl::StatusOr<StageEvaluation> EvaluateStage(
    const StageStart& start, const StageInstructions& instructions,
    const EvaluateOptions& options);

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_EVALUATE_STAGE_H_
