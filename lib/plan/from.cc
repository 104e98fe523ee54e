#include "lib/plan/from.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/plan/build_state.h"
#include "lib/plan/environment.h"
#include "lib/plan/evaluation.h"
#include "lib/plan/workdir.h"

namespace rules_dockerfile {
namespace {

// `evaluation` with a PATH.
Evaluation WithDefaultPath(Evaluation evaluation) {
  if (!FindVariable(evaluation.state.env, "PATH").has_value()) {
    evaluation.state.env =
        WithVariable(std::move(evaluation.state.env), "PATH", kDefaultPath);
    evaluation.step.config["Env"] = {absl::StrCat("PATH=", kDefaultPath)};
  }
  return evaluation;
}

}  // namespace

absl::StatusOr<Evaluation> EvaluateFromImage(absl::string_view config_json,
                                             absl::string_view platform) {
  ABSL_ASSIGN_OR_RETURN(const Json document, ParseJson(config_json));
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> settings,
                        JsonNode(document).Find("config"));
  Evaluation evaluation;
  BuildState& state = evaluation.state;
  state.platform = std::string(platform);
  if (settings.has_value()) {
    ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> env,
                          settings->StringsOrEmpty("Env"));
    for (const std::string& entry : env) {
      const Variable variable = SplitVariable(entry);
      state.env =
          WithVariable(std::move(state.env), variable.name, variable.value);
    }
    ABSL_ASSIGN_OR_RETURN(const std::string workdir,
                          settings->StringOrEmpty("WorkingDir"));
    state.workdir = JoinWorkdir("/", workdir);
    ABSL_ASSIGN_OR_RETURN(state.user, settings->StringOrEmpty("User"));
    ABSL_ASSIGN_OR_RETURN(state.shell, settings->StringsOrEmpty("Shell"));
    if (settings->json().contains("OnBuild")) {
      evaluation.step.config["OnBuild"] = nullptr;
    }
  }
  return WithDefaultPath(std::move(evaluation));
}

absl::StatusOr<std::vector<std::string>> ImageTriggers(
    absl::string_view config_json) {
  ABSL_ASSIGN_OR_RETURN(const Json document, ParseJson(config_json));
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> settings,
                        JsonNode(document).Find("config"));
  if (!settings.has_value()) return std::vector<std::string>();
  return settings->StringsOrEmpty("OnBuild");
}

Evaluation EvaluateFromScratch(absl::string_view platform) {
  Evaluation evaluation;
  evaluation.state.platform = std::string(platform);
  evaluation.step.config["WorkingDir"] = "/";
  return WithDefaultPath(std::move(evaluation));
}

}  // namespace rules_dockerfile
