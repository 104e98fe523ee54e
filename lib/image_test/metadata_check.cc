#include "lib/image_test/metadata_check.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/image_test/structure_config.h"
#include "lib/image_test/text_check.h"
#include "lib/json/json.h"
#include "lib/oci/image_config.h"
#include "lib/plan/environment.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

using Strings = std::vector<std::string>;

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", text, "\"");
}

std::string Listed(const Strings& strings) {
  if (strings.empty()) return "none";
  return absl::StrCat("[\"", absl::StrJoin(strings, "\", \""), "\"]");
}

// The keys of an object of the config.
Strings Keys(const ImageConfig& image, const char* field) {
  Strings keys;
  const auto found = image.config.find(field);
  if (found == image.config.end() || !found->is_object()) return keys;
  for (const auto& [key, value] : found->items()) keys.push_back(key);
  return keys;
}

std::map<std::string, std::string> Labels(const ImageConfig& image) {
  std::map<std::string, std::string> labels;
  const auto found = image.config.find("Labels");
  if (found == image.config.end() || !found->is_object()) return labels;
  for (const auto& [key, value] : found->items()) {
    if (value.is_string()) labels[key] = value.get<std::string>();
  }
  return labels;
}

std::map<std::string, std::string> Variables(const ImageConfig& image) {
  std::map<std::string, std::string> variables;
  for (const std::string& entry : image.ConfigStrings("Env")) {
    const Variable variable = SplitVariable(entry);
    variables[std::string(variable.name)] = variable.value;
  }
  return variables;
}

void CheckPairs(absl::string_view what,
                const std::vector<KeyExpectation>& wanted,
                const std::map<std::string, std::string>& there,
                Problems& problems) {
  for (const KeyExpectation& pair : wanted) {
    const auto found = there.find(pair.key);
    if (found == there.end()) {
      problems.push_back(absl::StrCat(what, " ", pair.key, " is not set"));
      continue;
    }
    const bool right = pair.is_regex
                           ? RE2::PartialMatch(found->second, pair.value)
                           : found->second == pair.value;
    if (right) continue;
    problems.push_back(absl::StrCat(
        what, " ", pair.key, " is ", Quoted(found->second), ", expected ",
        pair.is_regex ? "a match of " : "", Quoted(pair.value)));
  }
}

bool HasPort(const Strings& ports, const std::string& wanted) {
  return absl::c_any_of(ports, [&](const std::string& port) {
    return port == wanted || absl::StartsWith(port, absl::StrCat(wanted, "/"));
  });
}

void CheckString(absl::string_view what, const std::string& wanted,
                 const std::string& there, Problems& problems) {
  if (wanted.empty() || wanted == there) return;
  problems.push_back(
      absl::StrCat(what, " is ", Quoted(there), ", expected ", Quoted(wanted)));
}

void CheckStrings(absl::string_view what, const std::optional<Strings>& wanted,
                  const Strings& there, Problems& problems) {
  if (!wanted.has_value() || *wanted == there) return;
  problems.push_back(absl::StrCat(what, " is ", Listed(there), ", expected ",
                                  Listed(*wanted)));
}

std::string Text(const ImageConfig& image, const char* field) {
  const auto found = image.config.find(field);
  if (found == image.config.end() || !found->is_string()) return "";
  return found->get<std::string>();
}

}  // namespace

Problems CheckMetadata(const MetadataTest& test, const ImageConfig& image) {
  Problems problems;
  CheckPairs("variable", test.env, Variables(image), problems);
  const std::map<std::string, std::string> variables = Variables(image);
  for (const std::string& name : test.unbound_env) {
    if (!variables.contains(name)) continue;
    problems.push_back(absl::StrCat("variable ", name, " must not be set"));
  }
  CheckPairs("label", test.labels, Labels(image), problems);
  const Strings ports = Keys(image, "ExposedPorts");
  for (const std::string& port : test.exposed_ports) {
    if (HasPort(ports, port)) continue;
    problems.push_back(absl::StrCat(
        "port ", port, " is not exposed; exposed: ", Listed(ports)));
  }
  for (const std::string& port : test.unexposed_ports) {
    if (!HasPort(ports, port)) continue;
    problems.push_back(absl::StrCat("port ", port, " must not be exposed"));
  }
  const Strings volumes = Keys(image, "Volumes");
  for (const std::string& volume : test.volumes) {
    if (absl::c_linear_search(volumes, volume)) continue;
    problems.push_back(absl::StrCat(
        Quoted(volume), " is not a volume; volumes: ", Listed(volumes)));
  }
  for (const std::string& volume : test.unmounted_volumes) {
    if (!absl::c_linear_search(volumes, volume)) continue;
    problems.push_back(absl::StrCat(Quoted(volume), " must not be a volume"));
  }
  CheckStrings("entrypoint", test.entrypoint, image.ConfigStrings("Entrypoint"),
               problems);
  CheckStrings("cmd", test.cmd, image.ConfigStrings("Cmd"), problems);
  CheckString("workdir", test.workdir, Text(image, "WorkingDir"), problems);
  CheckString("user", test.user, Text(image, "User"), problems);
  return problems;
}

}  // namespace rules_dockerfile
