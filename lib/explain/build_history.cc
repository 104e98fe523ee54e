#include "lib/explain/build_history.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/explain/execution_log.h"
#include "lib/explain/image_steps.h"
#include "lib/explain/proxy_values.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"

namespace rules_dockerfile {
namespace {

// Of the format of the text.
constexpr int kVersion = 1;

Json RecordToJson(const StepRecord& record) {
  Json json = Json::object();
  json["environment"] = record.environment;
  json["failed"] = record.failed;
  json["flags"] = record.flags;
  json["inputs"] = record.inputs;
  json["outputs"] = record.outputs;
  json["platform"] = record.platform;
  json["tools"] = record.tools;
  return json;
}

absl::StatusOr<StepRecord> RecordFromJson(const JsonNode& node) {
  StepRecord record;
  ABSL_ASSIGN_OR_RETURN(record.environment,
                        node.StringMapOrEmpty("environment"));
  ABSL_ASSIGN_OR_RETURN(record.failed, node.BoolOrFalse("failed"));
  ABSL_ASSIGN_OR_RETURN(record.flags, node.StringsOrEmpty("flags"));
  ABSL_ASSIGN_OR_RETURN(record.inputs, node.StringMapOrEmpty("inputs"));
  ABSL_ASSIGN_OR_RETURN(record.outputs, node.StringMapOrEmpty("outputs"));
  ABSL_ASSIGN_OR_RETURN(record.platform, node.StringMapOrEmpty("platform"));
  ABSL_ASSIGN_OR_RETURN(record.tools, node.StringMapOrEmpty("tools"));
  return WithoutProxyValues(std::move(record));
}

Json BuildToJson(const ImageRecord& build) {
  Json json = ImageStepsToJson(build.image);
  json["records"] = Json::object();
  for (const auto& [output, record] : build.records) {
    json["records"][output] = RecordToJson(record);
  }
  return json;
}

absl::StatusOr<ImageRecord> BuildFromJson(const JsonNode& node) {
  ImageRecord build;
  ABSL_ASSIGN_OR_RETURN(build.image, ImageStepsFromJson(node));
  ABSL_ASSIGN_OR_RETURN(const JsonNode records, node.At("records"));
  if (!records.json().is_object()) return records.Error("expected an object");
  for (const auto& [output, value] : records.json().items()) {
    ABSL_ASSIGN_OR_RETURN(const JsonNode record, records.At(output));
    ABSL_ASSIGN_OR_RETURN(build.records[output], RecordFromJson(record));
  }
  return build;
}

// The lines of the param file that the inputs have; none if it is gone or
// another one.
std::vector<std::string> FlagsOf(const LoggedFiles& inputs,
                                 const std::string& execution_root) {
  if (execution_root.empty()) return {};
  for (const auto& [path, digest] : inputs) {
    if (!absl::EndsWith(path, ".params")) continue;
    const absl::StatusOr<std::string> text =
        ReadFile(absl::StrCat(execution_root, "/", path));
    if (!text.ok() || DigestHex(DigestOf(*text)) != digest) continue;
    return absl::StrSplit(*text, '\n', absl::SkipEmpty());
  }
  return {};
}

}  // namespace

std::string BuildHistoryToText(const BuildHistory& history) {
  Json json = Json::object();
  json["after"] = BuildToJson(history.after);
  json["before"] = BuildToJson(history.before);
  json["log"] = history.log;
  json["version"] = kVersion;
  return JsonText(json);
}

absl::StatusOr<BuildHistory> ParseBuildHistory(absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  const JsonNode root(json);
  ABSL_ASSIGN_OR_RETURN(const int64_t version, root.IntegerAt("version"));
  if (version != kVersion) {
    return root.Error(
        absl::StrCat("expected version ", kVersion, ", got ", version));
  }
  BuildHistory history;
  ABSL_ASSIGN_OR_RETURN(history.log, root.StringAt("log"));
  ABSL_ASSIGN_OR_RETURN(const JsonNode before, root.At("before"));
  ABSL_ASSIGN_OR_RETURN(history.before, BuildFromJson(before));
  ABSL_ASSIGN_OR_RETURN(const JsonNode after, root.At("after"));
  ABSL_ASSIGN_OR_RETURN(history.after, BuildFromJson(after));
  return history;
}

std::map<std::string, const LoggedSpawn*> SpawnsOfSteps(
    const ImageSteps& image, const ExecutionLog& log) {
  std::map<std::string, const LoggedSpawn*> spawns;
  for (const LoggedSpawn& spawn : log.spawns) {
    for (const auto& [path, digest] : spawn.outputs) spawns[path] = &spawn;
  }
  std::map<std::string, const LoggedSpawn*> found;
  for (const ImageStep& step : image.steps) {
    if (step.outputs.empty()) continue;
    const std::string& output = step.outputs.front();
    auto spawn = spawns.find(output);
    if (spawn == spawns.end()) {
      // A directory: its files are outputs.
      const std::string directory = absl::StrCat(output, "/");
      spawn = spawns.lower_bound(directory);
      if (spawn == spawns.end()) continue;
      if (!absl::StartsWith(spawn->first, directory)) continue;
    }
    found[output] = spawn->second;
  }
  return found;
}

ImageRecord RecordBuild(const ImageRecord& before, const ImageSteps& image,
                        const ExecutionLog& log,
                        const std::string& execution_root) {
  ImageRecord after = {.image = image, .records = {}};
  for (const ImageSteps* steps : {&before.image, &image}) {
    for (const ImageStep& step : steps->steps) {
      if (step.outputs.empty()) continue;
      const auto known = before.records.find(step.outputs.front());
      if (known != before.records.end()) after.records.insert(*known);
    }
  }
  for (const auto& [output, spawn] : SpawnsOfSteps(image, log)) {
    after.records[output] = WithoutProxyValues({
        .inputs = spawn->inputs,
        .tools = spawn->tools,
        .outputs = spawn->outputs,
        .flags = FlagsOf(spawn->inputs, execution_root),
        .environment = spawn->environment,
        .platform = spawn->platform,
        .failed = spawn->exit_code != 0 || !spawn->status.empty(),
    });
  }
  return after;
}

}  // namespace rules_dockerfile
