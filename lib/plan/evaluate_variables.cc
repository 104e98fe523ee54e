#include "lib/plan/evaluate_variables.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/expand/env_key.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/json/json.h"
#include "lib/plan/build_state.h"
#include "lib/plan/environment.h"
#include "lib/plan/evaluation.h"
#include "lib/plan/expander.h"

namespace rules_dockerfile {
namespace {

absl::StatusOr<std::vector<KeyValue>> Expanded(
    const std::vector<KeyValue>& pairs, Expander& expander) {
  std::vector<KeyValue> expanded;
  for (const KeyValue& pair : pairs) {
    ABSL_ASSIGN_OR_RETURN(std::string key, expander.Word(pair.key));
    ABSL_ASSIGN_OR_RETURN(std::string value, expander.Word(pair.value));
    expanded.push_back({.key = std::move(key), .value = std::move(value)});
  }
  return expanded;
}

// Returns `ENV A=1 B=two words`, values unchanged.
std::string CreatedBy(absl::string_view keyword,
                      const std::vector<KeyValue>& pairs) {
  std::string text(keyword);
  for (const KeyValue& pair : pairs) {
    absl::StrAppend(&text, " ", pair.key, "=", pair.value);
  }
  return text;
}

std::optional<std::string> Find(const std::map<std::string, std::string>& map,
                                const std::string& name) {
  const auto found = map.find(name);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

// Adds `name` to the ARGs in scope; with a value, if the environment must not
// contain it.
void Declare(absl::string_view name, const std::optional<std::string>& value,
             std::vector<std::string>& args) {
  const auto known =
      std::find_if(args.begin(), args.end(), [name](const std::string& arg) {
        return SplitVariable(arg).name == name;
      });
  std::string entry =
      value.has_value() ? absl::StrCat(name, "=", *value) : std::string(name);
  if (known == args.end()) {
    args.push_back(std::move(entry));
  } else {
    *known = std::move(entry);
  }
}

}  // namespace

absl::StatusOr<Evaluation> EvaluateEnv(const EnvInstruction& instruction,
                                       const BuildState& state, char escape) {
  Expander expander(state.env, escape);
  ABSL_ASSIGN_OR_RETURN(const std::vector<KeyValue> variables,
                        Expanded(instruction.variables, expander));
  Evaluation evaluation = {.state = state};
  std::vector<std::string> config_env;
  for (const KeyValue& variable : variables) {
    evaluation.state.env = WithVariable(std::move(evaluation.state.env),
                                        variable.key, variable.value);
    config_env =
        WithVariable(std::move(config_env), variable.key, variable.value);
  }
  evaluation.step.config["Env"] = config_env;
  evaluation.step.history = {.created_by = CreatedBy("ENV", variables),
                             .empty_layer = true};
  evaluation.undefined = expander.undefined();
  return evaluation;
}

absl::StatusOr<Evaluation> EvaluateLabel(const LabelInstruction& instruction,
                                         const BuildState& state, char escape) {
  Expander expander(state.env, escape);
  ABSL_ASSIGN_OR_RETURN(const std::vector<KeyValue> labels,
                        Expanded(instruction.labels, expander));
  Evaluation evaluation = {.state = state};
  Json config_labels = Json::object();
  for (const KeyValue& label : labels) config_labels[label.key] = label.value;
  evaluation.step.config["Labels"] = std::move(config_labels);
  evaluation.step.history = {.created_by = CreatedBy("LABEL", labels),
                             .empty_layer = true};
  evaluation.undefined = expander.undefined();
  return evaluation;
}

absl::StatusOr<Evaluation> EvaluateArg(const ArgInstruction& instruction,
                                       const BuildState& state, char escape,
                                       const EvaluateOptions& options) {
  Evaluation evaluation = {.state = state};
  std::vector<std::string>& env = evaluation.state.env;
  std::vector<std::string>& args = evaluation.state.args;
  std::string created_by = "ARG";
  for (const BuildArgument& argument : instruction.arguments) {
    std::optional<std::string> value = Find(options.build_args, argument.name);
    if (!value.has_value() && argument.default_value.has_value()) {
      Expander expander(env, escape);
      ABSL_ASSIGN_OR_RETURN(value, expander.Word(*argument.default_value));
      evaluation.undefined.insert(evaluation.undefined.end(),
                                  expander.undefined().begin(),
                                  expander.undefined().end());
    } else if (!value.has_value()) {
      value = Find(options.global_args, argument.name);
    }
    const bool is_hidden = IsHiddenArgument(argument.name);
    Declare(argument.name, is_hidden ? value : std::nullopt, args);
    absl::StrAppend(&created_by, " ", argument.name);
    if (!value.has_value()) continue;
    absl::StrAppend(&created_by, "=", *value);
    if (is_hidden) continue;
    env = WithVariable(std::move(env), argument.name, *value);
  }
  evaluation.step.history = {.created_by = std::move(created_by),
                             .empty_layer = true};
  return evaluation;
}

}  // namespace rules_dockerfile
