#ifndef E2E_CONFORMANCE_RUNNER_STARLARK_H_
#define E2E_CONFORMANCE_RUNNER_STARLARK_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Return values as Starlark literals.
std::string StarlarkString(absl::string_view text);
std::string StarlarkList(const std::vector<std::string>& list);
std::string StarlarkDict(const std::map<std::string, std::string>& dict);

}  // namespace rules_dockerfile

#endif  // E2E_CONFORMANCE_RUNNER_STARLARK_H_
