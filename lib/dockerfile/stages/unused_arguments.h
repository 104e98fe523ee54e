#ifndef LIB_DOCKERFILE_STAGES_UNUSED_ARGUMENTS_H_
#define LIB_DOCKERFILE_STAGES_UNUSED_ARGUMENTS_H_

#include <map>
#include <string>
#include <vector>

#include "lib/dockerfile/syntax/dockerfile.h"

namespace rules_dockerfile {

// Returns the names of the build arguments that nothing consumes, sorted: that
// are in no ARG of the Dockerfile, of any stage, nor of `triggers`, the ONBUILD
// instructions of its base images. Those that need no ARG (Dockerfile
// reference, "Predefined ARGs", "Automatic platform ARGs in the global scope"
// and "BuildKit built-in build args") count as consumed.
std::vector<std::string> UnusedArguments(
    const Dockerfile& dockerfile, const std::vector<std::string>& triggers,
    const std::map<std::string, std::string>& build_args);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_STAGES_UNUSED_ARGUMENTS_H_
