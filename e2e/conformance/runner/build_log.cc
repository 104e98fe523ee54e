#include "e2e/conformance/runner/build_log.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

// Returns the name of the case in a label or path, "" if there is none.
std::string CaseIn(absl::string_view text) {
  static const LazyRE2 kCase = {R"(\bcases/([A-Za-z0-9_.-]+))"};
  std::string name;
  RE2::PartialMatch(text, *kCase, &name);
  return name;
}

// A failed action's mnemonic and stderr file.
using FailedAction = std::pair<std::string, std::string>;

absl::Status ReadEvent(
    const JsonNode& event, BuildEvents& events,
    std::map<std::string, std::vector<FailedAction>>& failed) {
  ABSL_ASSIGN_OR_RETURN(const JsonNode id, event.At("id"));
  ABSL_ASSIGN_OR_RETURN(const auto target, id.Find("targetCompleted"));
  if (target.has_value()) {
    ABSL_ASSIGN_OR_RETURN(const std::string label, target->StringAt("label"));
    ABSL_ASSIGN_OR_RETURN(const auto completed, event.Find("completed"));
    if (!completed.has_value()) return absl::OkStatus();
    ABSL_ASSIGN_OR_RETURN(const bool success,
                          completed->BoolOrFalse("success"));
    if (success) events.built.insert(CaseIn(label));
    return absl::OkStatus();
  }
  ABSL_ASSIGN_OR_RETURN(const auto completed, id.Find("actionCompleted"));
  if (!completed.has_value()) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::string label,
                        completed->StringOrEmpty("label"));
  ABSL_ASSIGN_OR_RETURN(const JsonNode action, event.At("action"));
  ABSL_ASSIGN_OR_RETURN(const bool success, action.BoolOrFalse("success"));
  ABSL_ASSIGN_OR_RETURN(const auto stderr_file, action.Find("stderr"));
  if (success || !stderr_file.has_value()) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::string uri, stderr_file->StringAt("uri"));
  ABSL_ASSIGN_OR_RETURN(const std::string type, action.StringOrEmpty("type"));
  failed[CaseIn(label)].emplace_back(
      type, std::string(absl::StripPrefix(uri, "file://")));
  return absl::OkStatus();
}

// Returns whether `line` begins a new message of Bazel.
bool IsBazelLine(absl::string_view line) {
  static const LazyRE2 kStart = {
      R"((ERROR|INFO|WARNING|DEBUG|FAILED|Target|Analyzing|Loading|\[)\b.*|\[.*)"};
  return RE2::FullMatch(line, *kStart);
}

}  // namespace

absl::StatusOr<BuildEvents> ParseBuildEvents(absl::string_view json_lines) {
  BuildEvents events;
  std::map<std::string, std::vector<FailedAction>> failed;
  for (const absl::string_view line :
       absl::StrSplit(json_lines, '\n', absl::SkipEmpty())) {
    ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(line));
    ABSL_RETURN_IF_ERROR(ReadEvent(JsonNode(json), events, failed));
  }
  for (auto& [name, actions] : failed) {
    std::stable_partition(actions.begin(), actions.end(),
                          [](const FailedAction& action) {
                            return action.first == "DockerfileCheck";
                          });
    for (const auto& [mnemonic, file] : actions) {
      events.failed_actions[name].push_back(file);
    }
  }
  return events;
}

std::map<std::string, std::vector<std::string>> AnalysisErrors(
    absl::string_view log) {
  std::map<std::string, std::vector<std::string>> errors;
  std::string name;
  bool in_message = false;
  for (const absl::string_view line : absl::StrSplit(log, '\n')) {
    if (IsBazelLine(line)) {
      in_message = false;
      if (absl::StartsWith(line, "ERROR:")) name = "";
    }
    if (name.empty()) name = CaseIn(line);
    absl::string_view message = line;
    if (absl::ConsumePrefix(&message, "Error in fail: ")) {
      in_message = true;
      errors[name].emplace_back(message);
    } else if (in_message) {
      absl::StrAppend(&errors[name].back(), "\n", line);
    }
  }
  return errors;
}

}  // namespace rules_dockerfile
