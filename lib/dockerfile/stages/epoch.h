#ifndef LIB_DOCKERFILE_STAGES_EPOCH_H_
#define LIB_DOCKERFILE_STAGES_EPOCH_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"

namespace rules_dockerfile {

// Checks SOURCE_DATE_EPOCH, a build argument or a global ARG: a number of
// seconds, or the name of where to take the time from, for which `is_source`
// is true. The error `invalid SOURCE_DATE_EPOCH: x` is that of the ARG, if the
// value is; nullopt if all is well.
std::optional<Diagnostic> CheckEpoch(
    const Dockerfile& dockerfile,
    const std::map<std::string, std::string>& build_args,
    const std::vector<std::string>& global_scope,
    const std::function<bool(const std::string&)>& is_source);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_STAGES_EPOCH_H_
