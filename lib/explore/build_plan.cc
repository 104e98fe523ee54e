#include "lib/explore/build_plan.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/oci/image_config.h"

namespace rules_dockerfile {
namespace {

absl::StatusOr<PlanInstruction> ParseInstruction(const JsonNode& node) {
  PlanInstruction instruction;
  ABSL_ASSIGN_OR_RETURN(const int64_t line, node.IntegerAt("line"));
  instruction.line = static_cast<int>(line);
  ABSL_ASSIGN_OR_RETURN(instruction.text, node.StringAt("text"));
  ABSL_ASSIGN_OR_RETURN(instruction.has_layer, node.BoolOrFalse("layer"));
  ABSL_ASSIGN_OR_RETURN(instruction.has_history, node.BoolOrFalse("history"));
  return instruction;
}

// The history entries that are not those of the plans.
std::vector<ReportInstruction> OfHistory(const ImageConfig& config,
                                         size_t planned_layers,
                                         size_t planned_entries) {
  const std::vector<HistoryEntry> history = WithCompleteHistory(config).history;
  const size_t layers = config.diff_ids.size() - planned_layers;
  const size_t entries =
      history.size() - std::min(history.size(), planned_entries);
  std::vector<ReportInstruction> instructions;
  size_t layer = 0;
  for (size_t i = 0; i < history.size(); ++i) {
    const HistoryEntry& entry = history[i];
    // An entry too many or too few must not move the layers.
    if (entry.empty_layer ? i >= entries : layer >= layers) continue;
    instructions.push_back(
        {.text = entry.created_by.empty() ? entry.comment : entry.created_by,
         .layer = entry.empty_layer ? -1 : static_cast<int>(layer++)});
  }
  return instructions;
}

}  // namespace

absl::StatusOr<BuildPlan> ParseBuildPlan(absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  const JsonNode root(json);
  BuildPlan plan;
  ABSL_ASSIGN_OR_RETURN(plan.dockerfile, root.StringAt("dockerfile"));
  ABSL_ASSIGN_OR_RETURN(plan.stage, root.StringAt("stage"));
  ABSL_ASSIGN_OR_RETURN(const JsonNode list, root.At("instructions"));
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> nodes, list.AsArray());
  for (const JsonNode& node : nodes) {
    ABSL_ASSIGN_OR_RETURN(PlanInstruction instruction, ParseInstruction(node));
    plan.instructions.push_back(std::move(instruction));
  }
  return plan;
}

absl::StatusOr<std::vector<ReportInstruction>> InstructionsOfImage(
    const ImageConfig& config, absl::Span<const BuildPlan> plans) {
  size_t layers = 0;
  size_t entries = 0;
  for (const BuildPlan& plan : plans) {
    for (const PlanInstruction& instruction : plan.instructions) {
      layers += instruction.has_layer ? 1 : 0;
      entries += instruction.has_history ? 1 : 0;
    }
  }
  if (layers > config.diff_ids.size()) {
    return absl::InvalidArgumentError(absl::StrCat("the plans have ", layers,
                                                   " layers: expected at most ",
                                                   config.diff_ids.size()));
  }
  std::vector<ReportInstruction> instructions =
      OfHistory(config, layers, entries);
  int layer = static_cast<int>(config.diff_ids.size() - layers);
  for (const BuildPlan& plan : plans) {
    for (const PlanInstruction& instruction : plan.instructions) {
      instructions.push_back({.text = instruction.text,
                              .dockerfile = plan.dockerfile,
                              .stage = plan.stage,
                              .line = instruction.line,
                              .layer = instruction.has_layer ? layer++ : -1});
    }
  }
  return instructions;
}

}  // namespace rules_dockerfile
