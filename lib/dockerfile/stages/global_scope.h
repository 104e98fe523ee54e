#ifndef LIB_DOCKERFILE_STAGES_GLOBAL_SCOPE_H_
#define LIB_DOCKERFILE_STAGES_GLOBAL_SCOPE_H_

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {

struct GlobalScopeOptions {
  std::map<std::string, std::string> build_args;  // --build-arg
  std::string target;                             // stage, "" is the last
  Platform target_platform = {.os = "linux", .architecture = "amd64"};
  Platform build_platform = target_platform;
};

// Returns the global scope as "NAME=value" entries, each name once: the
// automatic platform arguments, TARGETSTAGE, and the ARGs before the first
// FROM, each expanded with those before it. FROM sees nothing else.
std::variant<std::vector<std::string>, Diagnostic> ExpandGlobalArgs(
    const Dockerfile& dockerfile, const GlobalScopeOptions& options);

// Returns only the automatic arguments.
std::vector<std::string> AutomaticArgs(const Dockerfile& dockerfile,
                                       const GlobalScopeOptions& options);

// Returns the names of "NAME=value" entries.
std::vector<std::string> NamesOf(const std::vector<std::string>& environment);

// Sets a name of an environment, in its place if it is already set.
void SetVariable(absl::string_view name, absl::string_view value,
                 std::vector<std::string>& environment);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_STAGES_GLOBAL_SCOPE_H_
