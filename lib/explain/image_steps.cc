#include "lib/explain/image_steps.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"

namespace rules_dockerfile {
namespace {

// As long as in a progress message.
constexpr size_t kMaxText = 80;

constexpr std::pair<StepKind, const char*> kKinds[] = {
    {StepKind::kInstruction, "instruction"},
    {StepKind::kBase, "base"},
    {StepKind::kState, "state"},
    {StepKind::kImage, "image"}};

absl::StatusOr<StepKind> KindAt(const JsonNode& node) {
  ABSL_ASSIGN_OR_RETURN(const std::string name, node.StringAt("kind"));
  for (const auto& [kind, known] : kKinds) {
    if (name == known) return kind;
  }
  return node.Error(absl::StrCat(
      "kind: expected instruction, base, state or image, got \"", name, "\""));
}

absl::StatusOr<int> LineAt(const JsonNode& node) {
  ABSL_ASSIGN_OR_RETURN(const int64_t line, node.IntegerAt("line"));
  return static_cast<int>(line);
}

absl::StatusOr<ImageStep> StepFromJson(const JsonNode& node) {
  ImageStep step;
  ABSL_ASSIGN_OR_RETURN(step.kind, KindAt(node));
  ABSL_ASSIGN_OR_RETURN(step.dockerfile, node.StringAt("dockerfile"));
  ABSL_ASSIGN_OR_RETURN(step.stage, node.StringAt("stage"));
  ABSL_ASSIGN_OR_RETURN(step.line, LineAt(node));
  ABSL_ASSIGN_OR_RETURN(step.text, node.StringAt("text"));
  ABSL_ASSIGN_OR_RETURN(step.outputs, node.StringsOrEmpty("outputs"));
  ABSL_ASSIGN_OR_RETURN(const JsonNode evaluates, node.At("evaluates"));
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> instructions,
                        evaluates.AsArray());
  for (const JsonNode& instruction : instructions) {
    StepInstruction read;
    ABSL_ASSIGN_OR_RETURN(read.line, LineAt(instruction));
    ABSL_ASSIGN_OR_RETURN(read.text, instruction.StringAt("text"));
    step.evaluates.push_back(std::move(read));
  }
  return step;
}

Json StepToJson(const ImageStep& step) {
  Json json = Json::object();
  json["dockerfile"] = step.dockerfile;
  json["evaluates"] = Json::array();
  for (const StepInstruction& instruction : step.evaluates) {
    json["evaluates"].push_back(
        {{"line", instruction.line}, {"text", instruction.text}});
  }
  for (const auto& [kind, name] : kKinds) {
    if (kind == step.kind) json["kind"] = name;
  }
  json["line"] = step.line;
  json["outputs"] = step.outputs;
  json["stage"] = step.stage;
  json["text"] = step.text;
  return json;
}

}  // namespace

absl::StatusOr<ImageSteps> ImageStepsFromJson(const JsonNode& node) {
  ImageSteps steps;
  ABSL_ASSIGN_OR_RETURN(steps.image, node.StringAt("image"));
  ABSL_ASSIGN_OR_RETURN(const JsonNode list, node.At("steps"));
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> nodes, list.AsArray());
  for (const JsonNode& each : nodes) {
    ABSL_ASSIGN_OR_RETURN(ImageStep step, StepFromJson(each));
    steps.steps.push_back(std::move(step));
  }
  return steps;
}

Json ImageStepsToJson(const ImageSteps& steps) {
  Json json = Json::object();
  json["image"] = steps.image;
  json["steps"] = Json::array();
  for (const ImageStep& step : steps.steps) {
    json["steps"].push_back(StepToJson(step));
  }
  return json;
}

std::string ShortText(absl::string_view text) {
  if (absl::StartsWith(text, "# escape=")) {
    text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
  }
  text = text.substr(0, text.find('\n'));
  size_t characters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80;
    if (begins && ++characters > kMaxText) {
      return absl::StrCat(text.substr(0, i), "…");
    }
  }
  return std::string(text);
}

std::string InstructionName(const std::string& dockerfile,
                            const StepInstruction& instruction) {
  return absl::StrCat(dockerfile, ":", instruction.line, " ",
                      ShortText(instruction.text));
}

std::string StepName(const ImageStep& step) {
  return InstructionName(step.dockerfile, {step.line, step.text});
}

}  // namespace rules_dockerfile
