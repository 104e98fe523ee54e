#include "lib/plan/step_files.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/file.h"
#include "lib/plan/build_state.h"
#include "lib/plan/evaluate.h"
#include "lib/plan/evaluation.h"
#include "lib/plan/from.h"
#include "lib/plan/read_instruction.h"
#include "lib/plan/step.h"
#include "nlohmann/json.hpp"

namespace rules_dockerfile {
namespace {

absl::StatusOr<Evaluation> EvaluateFromConfig(const StepFileOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const std::string config,
                        ReadFile(options.from_config));
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> triggers,
                        ImageTriggers(config));
  if (triggers != options.onbuild) {
    return absl::InvalidArgumentError(
        absl::StrCat("ONBUILD triggers do not match base_image(onbuild = ",
                     nlohmann::json(options.onbuild).dump(), "); expected ",
                     nlohmann::json(triggers).dump()));
  }
  return EvaluateFromImage(config, options.platform);
}

absl::StatusOr<Evaluation> Evaluate(const StepFileOptions& options) {
  if (options.scratch) return EvaluateFromScratch(options.platform);
  if (!options.from_config.empty()) return EvaluateFromConfig(options);
  ABSL_ASSIGN_OR_RETURN(const InstructionInput input,
                        ReadInstruction(options.instruction, options.state));
  return EvaluateInstruction(input.text, input.state, options.arguments);
}

}  // namespace

absl::Status MakeStepFiles(const StepFileOptions& options) {
  const int kinds = options.scratch + !options.from_config.empty() +
                    !options.instruction.empty();
  if (kinds != 1) {
    return absl::InvalidArgumentError(
        "expected exactly one of --instruction, --from_config and --scratch");
  }
  ABSL_ASSIGN_OR_RETURN(const Evaluation evaluation, Evaluate(options));
  if (!options.state_out.empty()) {
    ABSL_RETURN_IF_ERROR(
        WriteFile(options.state_out, BuildStateToJson(evaluation.state)));
  }
  return WriteFile(options.step_out, StepToJson(evaluation.step));
}

}  // namespace rules_dockerfile
