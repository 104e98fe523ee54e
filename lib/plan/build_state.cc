#include "lib/plan/build_state.h"

#include <string>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"

namespace rules_dockerfile {

std::string BuildStateToJson(const BuildState& state) {
  return JsonText({{"args", state.args},
                   {"env", state.env},
                   {"platform", state.platform},
                   {"shell", state.shell},
                   {"user", state.user},
                   {"workdir", state.workdir}});
}

absl::StatusOr<BuildState> ParseBuildState(absl::string_view json) {
  ABSL_ASSIGN_OR_RETURN(const Json document, ParseJson(json));
  const JsonNode root(document);
  const auto strings_at =
      [&root](
          absl::string_view name) -> absl::StatusOr<std::vector<std::string>> {
    ABSL_ASSIGN_OR_RETURN(const JsonNode field, root.At(name));
    return field.AsStrings();
  };
  BuildState state;
  ABSL_ASSIGN_OR_RETURN(state.args, strings_at("args"));
  ABSL_ASSIGN_OR_RETURN(state.env, strings_at("env"));
  ABSL_ASSIGN_OR_RETURN(state.platform, root.StringAt("platform"));
  ABSL_ASSIGN_OR_RETURN(state.shell, strings_at("shell"));
  ABSL_ASSIGN_OR_RETURN(state.user, root.StringAt("user"));
  ABSL_ASSIGN_OR_RETURN(state.workdir, root.StringAt("workdir"));
  return state;
}

}  // namespace rules_dockerfile
