#include "lib/plan/environment.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

Variable SplitVariable(absl::string_view entry) {
  const size_t equals = entry.find('=');
  if (equals == absl::string_view::npos) return {.name = entry, .value = ""};
  return {.name = entry.substr(0, equals), .value = entry.substr(equals + 1)};
}

std::vector<std::string> WithVariable(std::vector<std::string> environment,
                                      absl::string_view name,
                                      absl::string_view value) {
  std::string entry = absl::StrCat(name, "=", value);
  for (std::string& old : environment) {
    if (SplitVariable(old).name == name) {
      old = std::move(entry);
      return environment;
    }
  }
  environment.push_back(std::move(entry));
  return environment;
}

std::optional<std::string> FindVariable(
    const std::vector<std::string>& environment, absl::string_view name) {
  for (const std::string& entry : environment) {
    const Variable variable = SplitVariable(entry);
    if (variable.name == name) return std::string(variable.value);
  }
  return std::nullopt;
}

std::map<std::string, std::string> ValuesByName(
    const std::vector<std::string>& entries) {
  std::map<std::string, std::string> values;
  for (const std::string& entry : entries) {
    const Variable variable = SplitVariable(entry);
    values[std::string(variable.name)] = std::string(variable.value);
  }
  return values;
}

}  // namespace rules_dockerfile
