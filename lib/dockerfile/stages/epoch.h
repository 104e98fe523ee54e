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

// Checks SOURCE_DATE_EPOCH, a build argument or a global ARG: it must be a
// number of seconds, or the name of a source of the time, for which `is_source`
// returns true. The error `invalid SOURCE_DATE_EPOCH: x` has the lines of the
// ARG if the value comes from there; nullopt if the value is valid.
std::optional<Diagnostic> CheckEpoch(
    const Dockerfile& dockerfile,
    const std::map<std::string, std::string>& build_args,
    const std::vector<std::string>& global_scope,
    const std::function<bool(const std::string&)>& is_source);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_STAGES_EPOCH_H_
