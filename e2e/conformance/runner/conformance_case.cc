#include "e2e/conformance/runner/conformance_case.h"

#include <filesystem>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/base/file.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"

namespace rules_dockerfile {
namespace {

namespace fs = std::filesystem;

bool IsPackageName(absl::string_view name) {
  for (const char c : name) {
    if (!absl::ascii_isalnum(c) && c != '-' && c != '_' && c != '.') {
      return false;
    }
  }
  return !name.empty() && name[0] != '.';
}

}  // namespace

absl::StatusOr<ConformanceCase> ParseCase(absl::string_view text) {
  ConformanceCase result;
  if (text.empty()) return result;
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  if (!json.is_object()) {
    return absl::InvalidArgumentError("expected a JSON object");
  }
  const JsonNode root(json);
  const std::map<std::string, std::string*> strings = {
      {"target", &result.target},
      {"platform", &result.platform},
      {"network", &result.network}};
  const std::map<std::string, std::map<std::string, std::string>*> maps = {
      {"build_args", &result.build_args},
      {"labels", &result.labels},
      {"named_contexts", &result.named_contexts},
      {"bases", &result.bases},
      {"secrets", &result.secrets}};
  for (const auto& [key, value] : json.items()) {
    if (const auto field = strings.find(key); field != strings.end()) {
      ABSL_ASSIGN_OR_RETURN(*field->second, root.StringAt(key));
    } else if (const auto map = maps.find(key); map != maps.end()) {
      ABSL_ASSIGN_OR_RETURN(*map->second, root.StringMapOrEmpty(key));
    } else if (key == "must_fail") {
      ABSL_ASSIGN_OR_RETURN(result.must_fail, root.BoolOrFalse(key));
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown field \"", key, "\""));
    }
  }
  return result;
}

absl::StatusOr<ConformanceCase> ReadCase(const std::string& directory) {
  const fs::path path = fs::absolute(directory).lexically_normal();
  const std::string name = path.filename();
  if (!IsPackageName(name)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "case: expected a name of letters, digits, \"-\", \"_\", \".\", got \"",
        name, "\""));
  }
  if (!fs::exists(path / "Dockerfile")) {
    return absl::NotFoundError(
        absl::StrCat("case \"", name, "\" has no Dockerfile"));
  }
  std::string text;
  if (fs::exists(path / "case.json")) {
    ABSL_ASSIGN_OR_RETURN(text, ReadFile(path / "case.json"));
  }
  absl::StatusOr<ConformanceCase> result = ParseCase(text);
  if (!result.ok()) {
    return absl::Status(result.status().code(),
                        absl::StrCat("case \"", name, "\": case.json: ",
                                     result.status().message()));
  }
  result->name = name;
  result->directory = path;
  return result;
}

}  // namespace rules_dockerfile
