#include "lib/plan/step.h"

#include <optional>
#include <string>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"

namespace rules_dockerfile {
namespace {

constexpr char kComment[] = "buildkit.dockerfile.v0";

}  // namespace

std::string StepToJson(const Step& step) {
  Json json = {{"config", step.config}, {"history", nullptr}};
  if (step.history.has_value()) {
    Json& history = json["history"];
    history = {{"created_by", step.history->created_by}, {"comment", kComment}};
    if (step.history->empty_layer) history["empty_layer"] = true;
  }
  return JsonText(json);
}

absl::StatusOr<Step> ParseStep(absl::string_view json) {
  ABSL_ASSIGN_OR_RETURN(const Json document, ParseJson(json));
  const JsonNode root(document);
  ABSL_ASSIGN_OR_RETURN(const JsonNode config, root.At("config"));
  if (!config.json().is_object()) return config.Error("expected an object");
  Step step;
  step.config = config.json();
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> history,
                        root.Find("history"));
  if (!history.has_value()) return step;
  step.history.emplace();
  ABSL_ASSIGN_OR_RETURN(step.history->created_by,
                        history->StringAt("created_by"));
  ABSL_ASSIGN_OR_RETURN(step.history->empty_layer,
                        history->BoolOrFalse("empty_layer"));
  return step;
}

}  // namespace rules_dockerfile
