#include "lib/oci/stage_config.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/layer/layer_times.h"
#include "lib/oci/image_config.h"
#include "lib/plan/step.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kDefaultPath =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr absl::string_view kComment = "buildkit.dockerfile.v0";

absl::string_view VariableName(absl::string_view entry) {
  return entry.substr(0, entry.find('='));
}

// Sets "NAME=value" in place, or appends it.
void SetVariable(Json& env, const std::string& entry) {
  for (Json& existing : env) {
    if (VariableName(existing.get_ref<const std::string&>()) ==
        VariableName(entry)) {
      existing = entry;
      return;
    }
  }
  env.push_back(entry);
}

// The member of `config`, made empty if it is not there.
Json& Member(Json& config, const std::string& key, const Json& empty) {
  if (!config.contains(key)) config[key] = empty;
  return config[key];
}

// Applies the config delta of one step; `cmd_is_set` is about the stage so far.
absl::Status ApplyStep(const Json& delta, ImageConfig& image,
                       bool& cmd_is_set) {
  const JsonNode root(delta);
  for (const auto& item : delta.items()) {
    const std::string& key = item.key();
    ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> value, root.Find(key));
    if (key == "author") {
      ABSL_ASSIGN_OR_RETURN(image.author, root.StringOrEmpty(key));
      continue;
    }
    if (key == "Cmd") cmd_is_set = true;
    if (key == "Entrypoint" && !cmd_is_set) image.config.erase("Cmd");
    if (!value.has_value()) {
      image.config.erase(key);
    } else if (key == "Env") {
      ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> entries,
                            value->AsStrings());
      Json& env = Member(image.config, key, Json::array());
      for (const std::string& entry : entries) SetVariable(env, entry);
    } else if (key == "OnBuild") {
      ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> triggers,
                            value->AsStrings());
      Json& list = Member(image.config, key, Json::array());
      for (const std::string& trigger : triggers) list.push_back(trigger);
    } else if (key == "Labels" || key == "ExposedPorts" || key == "Volumes") {
      ABSL_RETURN_IF_ERROR(value->Find("").status());  // an object
      Member(image.config, key, Json::object()).update(value->json());
    } else {
      image.config[key] = value->json();
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLayerCount(const StageConfigOptions& options) {
  const auto makes_layer = [](const Step& step) {
    return step.history.has_value() && !step.history->empty_layer;
  };
  const size_t makers = absl::c_count_if(options.steps, makes_layer);
  const size_t layers = options.diff_ids.size();
  if (makers == layers) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      makers, makers == 1 ? " step creates" : " steps create", " a layer, but ",
      layers, layers == 1 ? " layer is" : " layers are", " given"));
}

absl::Time CreationTime(const StageConfigOptions& options) {
  const absl::Time now =
      absl::FromUnixSeconds(LayerTimes::Of(options.epoch).now);
  absl::Time parent;
  if (options.epoch.has_value() || !options.parent.has_value() ||
      !absl::ParseTime(absl::RFC3339_full, options.parent->created, &parent,
                       nullptr)) {
    return now;
  }
  return std::max(now, parent);
}

// The config before the first step.
ImageConfig InitialConfig(const StageConfigOptions& options) {
  ImageConfig image;
  if (options.parent.has_value()) {
    image = WithCompleteHistory(*options.parent);
    image.config.erase("OnBuild");
    if (options.force_platform) image.platform = options.platform;
  } else {
    image.platform = options.platform;
    image.config["WorkingDir"] = "/";
  }
  Json& env = Member(image.config, "Env", Json::array());
  const bool has_path = absl::c_any_of(env, [](const Json& entry) {
    return VariableName(entry.get_ref<const std::string&>()) == "PATH";
  });
  if (!has_path && image.platform.os != "windows") env.push_back(kDefaultPath);
  return image;
}

// Gives each history entry a time: that of the next one that has it, else of
// the one before.
void CompleteTimes(std::vector<HistoryEntry>& history,
                   const std::string& fallback) {
  std::string next;
  for (auto entry = history.rbegin(); entry != history.rend(); ++entry) {
    if (entry->created.empty()) entry->created = next;
    next = entry->created;
  }
  std::string last = fallback;
  for (HistoryEntry& entry : history) {
    if (entry.created.empty()) entry.created = last;
    last = entry.created;
  }
}

}  // namespace

absl::StatusOr<ImageConfig> StageConfig(const StageConfigOptions& options) {
  ABSL_RETURN_IF_ERROR(CheckLayerCount(options));
  const std::string created = absl::FormatTime(
      "%Y-%m-%dT%H:%M:%SZ", CreationTime(options), absl::UTCTimeZone());
  ImageConfig image = InitialConfig(options);
  bool cmd_is_set = false;
  for (size_t i = 0; i < options.steps.size(); ++i) {
    const Step& step = options.steps[i];
    const absl::Status applied = ApplyStep(step.config, image, cmd_is_set);
    if (!applied.ok()) {
      const std::string name =
          step.history.has_value()
              ? absl::StrCat(" \"", step.history->created_by, "\"")
              : "";
      return absl::Status(
          applied.code(),
          absl::StrCat("step ", i + 1, name, ": ", applied.message()));
    }
    if (step.history.has_value()) {
      image.history.push_back({.created = created,
                               .created_by = step.history->created_by,
                               .author = "",
                               .comment = std::string(kComment),
                               .empty_layer = step.history->empty_layer});
    }
  }
  for (const auto& [key, value] : options.labels) {
    Member(image.config, "Labels", Json::object())[key] = value;
  }
  image.diff_ids.insert(image.diff_ids.end(), options.diff_ids.begin(),
                        options.diff_ids.end());
  CompleteTimes(image.history, created);
  image.created =
      image.history.empty() ? created : image.history.back().created;
  return image;
}

}  // namespace rules_dockerfile
