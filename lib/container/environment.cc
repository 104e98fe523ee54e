#include "lib/container/environment.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/characters.h"
#include "lib/base/file.h"
#include "lib/plan/environment.h"

namespace rules_dockerfile {
namespace {

using Environment = std::vector<std::string>;

// Sets the variable of `entry`, or unsets it.
absl::Status Apply(
    absl::string_view entry,
    absl::FunctionRef<std::optional<std::string>(const std::string&)> variable,
    Environment& environment) {
  const Variable named = SplitVariable(entry);
  const std::string name(named.name);
  if (name.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("variable \"", entry, "\": expected NAME=value or NAME"));
  }
  std::optional<std::string> value;
  if (name.size() < entry.size()) {
    value = std::string(named.value);
  } else {
    value = variable(name);
  }
  if (value.has_value()) {
    environment = WithVariable(std::move(environment), name, *value);
    return absl::OkStatus();
  }
  std::erase_if(environment, [&](const std::string& set) {
    return SplitVariable(set).name == name;
  });
  return absl::OkStatus();
}

// The entries of an environment file.
absl::StatusOr<Environment> ReadEnvFile(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  Environment entries;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = TrimLeadingSpace(absl::StripSuffix(line, "\r"));
    if (!line.empty() && line[0] != '#') entries.emplace_back(line);
  }
  return entries;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ContainerEnvironment(
    const EnvironmentSources& sources,
    absl::FunctionRef<std::optional<std::string>(const std::string&)>
        variable) {
  Environment environment = {absl::StrCat("PATH=", kDefaultPath),
                             absl::StrCat("HOSTNAME=", sources.hostname)};
  if (sources.terminal) environment.push_back("TERM=xterm");
  for (const std::string& entry : sources.image) {
    const Variable set = SplitVariable(entry);
    environment = WithVariable(std::move(environment), set.name, set.value);
  }
  for (const std::string& path : sources.files) {
    ABSL_ASSIGN_OR_RETURN(const Environment entries, ReadEnvFile(path));
    for (const std::string& entry : entries) {
      ABSL_RETURN_IF_ERROR(Apply(entry, variable, environment));
    }
  }
  for (const std::string& entry : sources.options) {
    ABSL_RETURN_IF_ERROR(Apply(entry, variable, environment));
  }
  if (!FindVariable(environment, "HOME").has_value()) {
    environment.push_back(absl::StrCat("HOME=", sources.home));
  }
  return environment;
}

}  // namespace rules_dockerfile
