#include "lib/dockerfile/expand/variables.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

Variables::Variables(const std::vector<std::string>& environment) {
  for (absl::string_view entry : environment) {
    const size_t equals = entry.find('=');
    if (equals == absl::string_view::npos) continue;
    Set(entry.substr(0, equals), entry.substr(equals + 1));
  }
}

void Variables::Set(absl::string_view name, absl::string_view value) {
  values_.insert_or_assign(std::string(name), std::string(value));
}

std::optional<std::string> Variables::Get(absl::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> Variables::Names() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : values_) names.push_back(name);
  return names;
}

VariableLookup Variables::lookup() const {
  return [this](absl::string_view name) { return Get(name); };
}

}  // namespace rules_dockerfile
