#include "lib/plan/evaluate_stage.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/plan/build_state.h"
#include "lib/plan/evaluate.h"
#include "lib/plan/evaluation.h"
#include "lib/plan/from.h"
#include "lib/plan/step.h"
#include "nlohmann/json.hpp"

namespace rules_dockerfile {
namespace {

absl::StatusOr<Evaluation> EvaluateFromConfig(const StageStart& start) {
  ABSL_ASSIGN_OR_RETURN(const std::string config, ReadFile(start.config));
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> triggers,
                        ImageTriggers(config));
  if (triggers != start.onbuild) {
    return absl::InvalidArgumentError(
        absl::StrCat("ONBUILD triggers do not match base_image(onbuild = ",
                     nlohmann::json(start.onbuild).dump(), "); expected ",
                     nlohmann::json(triggers).dump()));
  }
  return EvaluateFromImage(config, start.platform);
}

absl::StatusOr<StageEvaluation> EvaluateStart(const StageStart& start) {
  StageEvaluation stage;
  if (!start.state.empty()) {
    ABSL_ASSIGN_OR_RETURN(const std::string state, ReadFile(start.state));
    ABSL_ASSIGN_OR_RETURN(stage.state, ParseBuildState(state));
    return stage;
  }
  Evaluation from = EvaluateFromScratch(start.platform);
  if (!start.config.empty()) {
    ABSL_ASSIGN_OR_RETURN(from, EvaluateFromConfig(start));
  }
  stage.state = std::move(from.state);
  stage.steps.push_back(std::move(from.step));
  return stage;
}

absl::StatusOr<Evaluation> EvaluateText(absl::string_view text,
                                        const BuildState& state,
                                        const EvaluateOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const InstructionText instruction,
                        ParseInstructionText(text));
  return EvaluateInstruction(instruction, state, options);
}

absl::Status EvaluateNext(const std::string& text,
                          const EvaluateOptions& options,
                          StageEvaluation& stage) {
  absl::StatusOr<Evaluation> next = EvaluateText(text, stage.state, options);
  if (!next.ok()) {
    return absl::Status(
        next.status().code(),
        absl::StrCat(LogicalLineOf(text), ": ", next.status().message()));
  }
  stage.state = std::move(next->state);
  stage.steps.push_back(std::move(next->step));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<StageEvaluation> EvaluateStage(
    const StageStart& start, const StageInstructions& instructions,
    const EvaluateOptions& options) {
  ABSL_ASSIGN_OR_RETURN(StageEvaluation stage, EvaluateStart(start));
  for (const std::string& path : instructions.files) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
    if (absl::EndsWith(path, ".instruction")) {
      ABSL_RETURN_IF_ERROR(EvaluateNext(text, options, stage));
      if (absl::c_linear_search(instructions.workdir_layers, path)) {
        stage.steps.back().history->empty_layer = false;
      }
      continue;
    }
    absl::StatusOr<Step> step = ParseStep(text);
    if (!step.ok()) {
      return absl::Status(
          step.status().code(),
          absl::StrCat("\"", path, "\": ", step.status().message()));
    }
    stage.steps.push_back(*std::move(step));
  }
  return stage;
}

}  // namespace rules_dockerfile
