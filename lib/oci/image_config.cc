#include "lib/oci/image_config.h"

#include <cstddef>
#include <optional>
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
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

enum class FieldType { kString, kStrings, kStringMap, kSet, kBool, kObject };

struct Field {
  absl::string_view name;
  FieldType type;
};

// The fields of "config", in the order in which they are written.
constexpr Field kConfigFields[] = {
    {"User", FieldType::kString},        {"ExposedPorts", FieldType::kSet},
    {"Env", FieldType::kStrings},        {"Entrypoint", FieldType::kStrings},
    {"Cmd", FieldType::kStrings},        {"Volumes", FieldType::kSet},
    {"WorkingDir", FieldType::kString},  {"Labels", FieldType::kStringMap},
    {"StopSignal", FieldType::kString},  {"ArgsEscaped", FieldType::kBool},
    {"Healthcheck", FieldType::kObject}, {"OnBuild", FieldType::kStrings},
    {"Shell", FieldType::kStrings},
};

// What docker build and docker commit of old wrote of the container that they
// ran; it says nothing about the image.
constexpr absl::string_view kContainerFields[] = {
    "AttachStderr", "AttachStdin", "AttachStdout", "Domainname",
    "Hostname",     "Image",       "MacAddress",   "NetworkDisabled",
    "OpenStdin",    "StdinOnce",   "Tty"};
constexpr absl::string_view kDaemonFields[] = {
    "container", "container_config", "docker_version", "id", "parent"};

constexpr absl::string_view kTopLevelFields[] = {
    "architecture", "author",      "config",     "created", "history",
    "os",           "os.features", "os.version", "rootfs",  "variant"};

// Whether the top-level field is kept in ImageConfig::other. What BuildKit
// notes of a build ("moby.buildkit.cache.v0") is true of the base alone.
bool IsKept(const std::string& key) {
  return !absl::c_linear_search(kTopLevelFields, key) &&
         !absl::c_linear_search(kDaemonFields, key) &&
         !absl::StartsWith(key, "moby.buildkit.");
}

bool IsEmpty(const Json& json) {
  return json.is_null() || json == Json("") || json == Json(false) ||
         ((json.is_array() || json.is_object()) && json.empty());
}

absl::Status CheckField(const JsonNode& node, FieldType type) {
  switch (type) {
    case FieldType::kString:
      return node.AsString().status();
    case FieldType::kStrings:
      return node.AsStrings().status();
    case FieldType::kStringMap:
      return node.AsStringMap().status();
    case FieldType::kBool:
      return node.AsBool().status();
    case FieldType::kSet:
    case FieldType::kObject:
      return node.Find("").status();  // fails unless it is an object
  }
  return absl::OkStatus();
}

// Adds a member that is not there: operator[] would look for it from the first
// one, and a hostile config has many.
void AddMember(const std::string& key, const Json& value, Json& object) {
  object.get_ref<Json::object_t&>().emplace_back(key, value);
}

bool IsKnownField(absl::string_view name) {
  return absl::c_any_of(
      kConfigFields, [name](const Field& field) { return field.name == name; });
}

Json OrderedConfig(const Json& config) {
  Json ordered = Json::object();
  for (const Field& field : kConfigFields) {
    const auto found = config.find(std::string(field.name));
    if (found == config.end() || IsEmpty(*found)) continue;
    const bool is_map =
        field.type == FieldType::kStringMap || field.type == FieldType::kSet;
    ordered[std::string(field.name)] = is_map ? SortedJson(*found) : *found;
  }
  const Json sorted = SortedJson(config);
  for (const auto& item : sorted.items()) {
    if (!IsKnownField(item.key()) && !IsEmpty(item.value())) {
      AddMember(item.key(), item.value(), ordered);
    }
  }
  return ordered;
}

absl::StatusOr<Json> ReadConfig(const JsonNode& node) {
  for (const Field& field : kConfigFields) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> member,
                          node.Find(field.name));
    if (member.has_value()) {
      ABSL_RETURN_IF_ERROR(CheckField(*member, field.type));
    }
  }
  Json config = Json::object();
  for (const auto& item : node.json().items()) {
    if (IsEmpty(item.value())) continue;
    if (absl::c_linear_search(kContainerFields, item.key())) continue;
    AddMember(item.key(), item.value(), config);
  }
  return OrderedConfig(config);
}

absl::StatusOr<std::vector<std::string>> ReadDiffIds(const JsonNode& root) {
  ABSL_ASSIGN_OR_RETURN(const JsonNode rootfs, root.At("rootfs"));
  ABSL_ASSIGN_OR_RETURN(const std::string type, rootfs.StringAt("type"));
  if (type != "layers") {
    return rootfs.Error(absl::StrCat(
        "type \"", type, "\" is not supported: expected \"layers\""));
  }
  std::vector<std::string> diff_ids;
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> list,
                        rootfs.Find("diff_ids"));
  if (!list.has_value()) return diff_ids;
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements, list->AsArray());
  for (const JsonNode& element : elements) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, element.AsString());
    absl::StatusOr<std::string> diff_id = ParseDigest(text);
    if (!diff_id.ok()) return element.Error(diff_id.status().message());
    diff_ids.push_back(*std::move(diff_id));
  }
  return diff_ids;
}

absl::StatusOr<std::vector<HistoryEntry>> ReadHistory(const JsonNode& root) {
  std::vector<HistoryEntry> history;
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> list,
                        root.Find("history"));
  if (!list.has_value()) return history;
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements, list->AsArray());
  for (const JsonNode& node : elements) {
    HistoryEntry& entry = history.emplace_back();
    ABSL_ASSIGN_OR_RETURN(entry.created, node.StringOrEmpty("created"));
    ABSL_ASSIGN_OR_RETURN(entry.created_by, node.StringOrEmpty("created_by"));
    ABSL_ASSIGN_OR_RETURN(entry.author, node.StringOrEmpty("author"));
    ABSL_ASSIGN_OR_RETURN(entry.comment, node.StringOrEmpty("comment"));
    ABSL_ASSIGN_OR_RETURN(entry.empty_layer, node.BoolOrFalse("empty_layer"));
  }
  return history;
}

Json HistoryToJson(const HistoryEntry& entry) {
  Json json = Json::object();
  if (!entry.created.empty()) json["created"] = entry.created;
  if (!entry.created_by.empty()) json["created_by"] = entry.created_by;
  if (!entry.author.empty()) json["author"] = entry.author;
  if (!entry.comment.empty()) json["comment"] = entry.comment;
  if (entry.empty_layer) json["empty_layer"] = true;
  return json;
}

}  // namespace

std::vector<std::string> ImageConfig::ConfigStrings(
    absl::string_view field) const {
  std::vector<std::string> strings;
  const auto found = config.find(std::string(field));
  if (found == config.end()) return strings;
  for (const Json& element : *found) {
    if (element.is_string()) strings.push_back(element.get<std::string>());
  }
  return strings;
}

std::string ImageConfigToText(const ImageConfig& config) {
  Json json = config.other;
  json["architecture"] = config.platform.architecture;
  json["os"] = config.platform.os;
  if (!config.platform.variant.empty()) {
    json["variant"] = config.platform.variant;
  }
  if (!config.platform.os_version.empty()) {
    json["os.version"] = config.platform.os_version;
  }
  if (!config.platform.os_features.empty()) {
    json["os.features"] = config.platform.os_features;
  }
  if (!config.created.empty()) json["created"] = config.created;
  if (!config.author.empty()) json["author"] = config.author;
  json["config"] = Json::object();
  json["rootfs"] = Json::object();
  json["history"] = Json::array();
  // The order inside these is not alphabetical.
  json = SortedJson(json);
  json["config"] = OrderedConfig(config.config);
  json["rootfs"]["type"] = "layers";
  json["rootfs"]["diff_ids"] = config.diff_ids;
  for (const HistoryEntry& entry : config.history) {
    json["history"].push_back(HistoryToJson(entry));
  }
  return JsonText(json);
}

absl::StatusOr<ImageConfig> ParseImageConfig(absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  const JsonNode root(json);
  ABSL_RETURN_IF_ERROR(root.CheckNoNul());
  ImageConfig config;
  ABSL_RETURN_IF_ERROR(root.StringAt("os").status());
  ABSL_RETURN_IF_ERROR(root.StringAt("architecture").status());
  ABSL_ASSIGN_OR_RETURN(config.platform, PlatformFromJson(root));
  ABSL_ASSIGN_OR_RETURN(config.created, root.StringOrEmpty("created"));
  ABSL_ASSIGN_OR_RETURN(config.author, root.StringOrEmpty("author"));
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> member,
                        root.Find("config"));
  if (member.has_value()) {
    ABSL_ASSIGN_OR_RETURN(config.config, ReadConfig(*member));
  }
  ABSL_ASSIGN_OR_RETURN(config.diff_ids, ReadDiffIds(root));
  ABSL_ASSIGN_OR_RETURN(config.history, ReadHistory(root));
  for (const auto& item : json.items()) {
    if (IsKept(item.key())) AddMember(item.key(), item.value(), config.other);
  }
  config.other = SortedJson(config.other);
  return config;
}

std::string WithPlatform(absl::string_view text, const Platform& platform) {
  absl::StatusOr<Json> json = ParseJson(text);
  if (!json.ok() || !json->is_object()) return std::string(text);
  const auto lacks = [&json](const char* field) {
    return !json->contains(field) || (*json)[field] == "";
  };
  if (!lacks("os") && !lacks("architecture")) return std::string(text);
  if (lacks("os")) (*json)["os"] = platform.os;
  if (lacks("architecture")) {
    (*json)["architecture"] = platform.architecture;
    if (!platform.variant.empty()) (*json)["variant"] = platform.variant;
  }
  return JsonText(*json);
}

ImageConfig WithCompleteHistory(ImageConfig config) {
  size_t layers = 0;
  for (HistoryEntry& entry : config.history) {
    if (layers == config.diff_ids.size()) entry.empty_layer = true;
    if (!entry.empty_layer) ++layers;
  }
  for (; layers < config.diff_ids.size(); ++layers) {
    config.history.push_back({.created = config.created,
                              .created_by = "",
                              .author = "",
                              .comment = "buildkit.exporter.image.v0"});
  }
  return config;
}

}  // namespace rules_dockerfile
