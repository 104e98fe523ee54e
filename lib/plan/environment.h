#ifndef LIB_PLAN_ENVIRONMENT_H_
#define LIB_PLAN_ENVIRONMENT_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The PATH of images whose config has no PATH.
inline constexpr char kDefaultPath[] =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// Returns `environment` ("NAME=value" entries) with `name` set: in its place if
// it is already set, else at the end.
std::vector<std::string> WithVariable(std::vector<std::string> environment,
                                      absl::string_view name,
                                      absl::string_view value);

// Returns the value of `name`, nullopt if it is not set.
std::optional<std::string> FindVariable(
    const std::vector<std::string>& environment, absl::string_view name);

// An entry without "=" is a name with an empty value.
struct Variable {
  absl::string_view name;
  absl::string_view value;
};
Variable SplitVariable(absl::string_view entry);

// The values by name; the last of a name counts.
std::map<std::string, std::string> ValuesByName(
    const std::vector<std::string>& entries);

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_ENVIRONMENT_H_
