#ifndef LIB_DOCKERFILE_EXPAND_VARIABLES_H_
#define LIB_DOCKERFILE_EXPAND_VARIABLES_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/dockerfile/expand/shell_word.h"

namespace rules_dockerfile {

// Variables by name, for scopes of any size. Value type.
class Variables {
 public:
  Variables() = default;
  // From "NAME=value" entries; the last entry of a name counts.
  explicit Variables(const std::vector<std::string>& environment);

  void Set(absl::string_view name, absl::string_view value);
  std::optional<std::string> Get(absl::string_view name) const;
  std::vector<std::string> Names() const;  // sorted

  // Borrows this object.
  VariableLookup lookup() const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_EXPAND_VARIABLES_H_
