#include "lib/network/network_lock.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/network/locked_evidence.h"
#include "lib/network/locked_image.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

constexpr int kVersion = 1;

constexpr std::array<absl::string_view, 8> kLockedHeaders = {
    "Content-Disposition",
    "Content-Type",
    "Docker-Content-Digest",
    "ETag",
    "Last-Modified",
    "Link",
    "Location",
    "WWW-Authenticate",
};

Json RequestToJson(const LockedRequest& request) {
  Json json = {{"method", request.method}, {"url", request.url}};
  if (!request.body_sha256.empty()) json["body_sha256"] = request.body_sha256;
  json["status"] = request.status;
  json["sha256"] = request.sha256;
  json["size"] = request.size;
  if (!request.body.empty()) json["body"] = absl::Base64Escape(request.body);
  json["headers"] = request.headers;
  return json;
}

// On one line. Bytes that are not UTF-8 become U+FFFD.
std::string Text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// A list with one item a line.
std::string ListText(const std::vector<std::string>& items,
                     absl::string_view indent) {
  if (items.empty()) return "[]";
  const std::string separator = absl::StrCat(",\n", indent, "  ");
  return absl::StrCat("[\n", indent, "  ", absl::StrJoin(items, separator),
                      "\n", indent, "]");
}

// `"name": [...],` with one item a line; "" for an empty list.
template <typename Locked>
std::string OptionalList(absl::string_view name,
                         const std::vector<Locked>& list,
                         Json (*to_json)(const Locked&)) {
  if (list.empty()) return "";
  std::vector<std::string> items;
  for (const Locked& item : list) items.push_back(Text(to_json(item)));
  return absl::StrCat(",\n  \"", name, "\": ", ListText(items, "  "));
}

// A list that may be missing.
template <typename Locked>
absl::StatusOr<std::vector<Locked>> OptionalListFromJson(
    const JsonNode& root, absl::string_view name,
    absl::StatusOr<Locked> (*from_json)(const JsonNode&)) {
  std::vector<Locked> list;
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> node, root.Find(name));
  if (!node.has_value()) return list;
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> items, node->AsArray());
  for (const JsonNode& item : items) {
    ABSL_ASSIGN_OR_RETURN(list.emplace_back(), from_json(item));
  }
  return list;
}

std::string RunToText(const LockedRun& run) {
  std::vector<std::string> requests;
  for (const LockedRequest& request : run.requests) {
    requests.push_back(Text(RequestToJson(request)));
  }
  return absl::StrCat("{\n      \"stage\": ", Text(run.stage),
                      ",\n      \"platform\": ", Text(run.platform),
                      ",\n      \"instruction\": ", Text(run.instruction),
                      ",\n      \"recorded\": ", run.recorded,
                      ",\n      \"requests\": ", ListText(requests, "      "),
                      "\n    }");
}

absl::StatusOr<std::string> HexAt(const JsonNode& node,
                                  absl::string_view field) {
  static const LazyRE2 kHex = {"[0-9a-f]{64}"};
  ABSL_ASSIGN_OR_RETURN(std::string hex, node.StringAt(field));
  if (!RE2::FullMatch(hex, *kHex)) {
    return node.Error(absl::StrCat(field, " \"", hex,
                                   "\": expected 64 lower-case hex digits"));
  }
  return hex;
}

absl::StatusOr<LockedRequest> RequestFromJson(const JsonNode& node) {
  LockedRequest request;
  ABSL_ASSIGN_OR_RETURN(request.method, node.StringAt("method"));
  ABSL_ASSIGN_OR_RETURN(request.url, node.StringAt("url"));
  if (node.json().contains("body_sha256")) {
    ABSL_ASSIGN_OR_RETURN(request.body_sha256, HexAt(node, "body_sha256"));
  }
  ABSL_ASSIGN_OR_RETURN(const int64_t status, node.IntegerAt("status"));
  if (status < 200 || status > 599) {
    return node.Error(absl::StrCat("status ", status, ": expected 200 to 599"));
  }
  request.status = static_cast<int>(status);
  ABSL_ASSIGN_OR_RETURN(request.sha256, HexAt(node, "sha256"));
  ABSL_ASSIGN_OR_RETURN(request.size, node.IntegerAt("size"));
  ABSL_ASSIGN_OR_RETURN(const std::string body, node.StringOrEmpty("body"));
  if (!absl::Base64Unescape(body, &request.body)) {
    return node.Error("body: expected base64");
  }
  ABSL_ASSIGN_OR_RETURN(request.headers, node.StringMapOrEmpty("headers"));
  for (const auto& [name, value] : request.headers) {
    if (LockedHeaderName(name) != name || name.empty() ||
        value.find_first_of("\r\n") != value.npos) {
      return node.Error(absl::StrCat("header \"", name, "\" is not allowed"));
    }
  }
  return request;
}

Json FileToJson(const LockedFile& file) {
  Json json = {{"stage", file.stage},
               {"platform", file.platform},
               {"url", file.url},
               {"sha256", file.sha256},
               {"size", file.size}};
  if (file.modified != 0) json["modified"] = file.modified;
  return json;
}

absl::StatusOr<LockedFile> FileFromJson(const JsonNode& node) {
  LockedFile file;
  ABSL_ASSIGN_OR_RETURN(file.stage, node.StringAt("stage"));
  ABSL_ASSIGN_OR_RETURN(file.platform, node.StringAt("platform"));
  ABSL_ASSIGN_OR_RETURN(file.url, node.StringAt("url"));
  ABSL_ASSIGN_OR_RETURN(file.sha256, HexAt(node, "sha256"));
  ABSL_ASSIGN_OR_RETURN(file.size, node.IntegerAt("size"));
  if (node.json().contains("modified")) {
    ABSL_ASSIGN_OR_RETURN(file.modified, node.IntegerAt("modified"));
  }
  return file;
}

absl::StatusOr<LockedRun> RunFromJson(const JsonNode& node) {
  LockedRun run;
  ABSL_ASSIGN_OR_RETURN(run.stage, node.StringAt("stage"));
  ABSL_ASSIGN_OR_RETURN(run.platform, node.StringAt("platform"));
  ABSL_ASSIGN_OR_RETURN(run.instruction, node.StringAt("instruction"));
  ABSL_ASSIGN_OR_RETURN(run.recorded, node.IntegerAt("recorded"));
  ABSL_ASSIGN_OR_RETURN(const JsonNode requests, node.At("requests"));
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> list, requests.AsArray());
  for (const JsonNode& request : list) {
    ABSL_ASSIGN_OR_RETURN(run.requests.emplace_back(),
                          RequestFromJson(request));
  }
  return run;
}

}  // namespace

absl::string_view LockedHeaderName(absl::string_view name) {
  for (const absl::string_view kept : kLockedHeaders) {
    if (absl::EqualsIgnoreCase(name, kept)) return kept;
  }
  return "";
}

std::string NetworkLockToText(const NetworkLock& lock) {
  std::vector<std::string> files;
  for (const LockedFile& file : lock.files) {
    files.push_back(Text(FileToJson(file)));
  }
  std::vector<std::string> runs;
  for (const LockedRun& run : lock.runs) runs.push_back(RunToText(run));
  return absl::StrCat(
      "{\n  \"version\": ", kVersion,
      OptionalList("registries", lock.registries, LockedRegistryToJson),
      OptionalList("images", lock.images, LockedImageToJson),
      OptionalList("signatures", lock.signatures, LockedEvidenceToJson),
      ",\n  \"files\": ", ListText(files, "  "),
      ",\n  \"runs\": ", ListText(runs, "  "), "\n}\n");
}

absl::StatusOr<NetworkLock> ParseNetworkLock(absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  const JsonNode root(json);
  ABSL_ASSIGN_OR_RETURN(const int64_t version, root.IntegerAt("version"));
  if (version != kVersion) {
    return absl::InvalidArgumentError(
        absl::StrCat("version ", version, " of the lock: expected ", kVersion));
  }
  NetworkLock lock;
  ABSL_ASSIGN_OR_RETURN(
      lock.registries,
      OptionalListFromJson(root, "registries", LockedRegistryFromJson));
  ABSL_ASSIGN_OR_RETURN(
      lock.images, OptionalListFromJson(root, "images", LockedImageFromJson));
  ABSL_RETURN_IF_ERROR(CheckLockedOnce(lock.images));
  ABSL_ASSIGN_OR_RETURN(
      lock.signatures,
      OptionalListFromJson(root, "signatures", LockedEvidenceFromJson));
  ABSL_ASSIGN_OR_RETURN(const JsonNode files, root.At("files"));
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> file_list, files.AsArray());
  for (const JsonNode& file : file_list) {
    ABSL_ASSIGN_OR_RETURN(lock.files.emplace_back(), FileFromJson(file));
  }
  ABSL_ASSIGN_OR_RETURN(const JsonNode runs, root.At("runs"));
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> run_list, runs.AsArray());
  for (const JsonNode& run : run_list) {
    ABSL_ASSIGN_OR_RETURN(lock.runs.emplace_back(), RunFromJson(run));
  }
  return lock;
}

}  // namespace rules_dockerfile
