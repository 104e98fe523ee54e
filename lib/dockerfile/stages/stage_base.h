#ifndef LIB_DOCKERFILE_STAGES_STAGE_BASE_H_
#define LIB_DOCKERFILE_STAGES_STAGE_BASE_H_

#include <string>
#include <variant>
#include <vector>

#include "lib/dockerfile/stages/stage_graph.h"
#include "lib/dockerfile/stages/stage_names.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {

// Returns what FROM of stage `index` sets: the stage's name, base and platform.
// `build_platform` completes a partial platform. The diagnostic is the
// frontend's: a base or platform that expands to nothing, or an invalid
// platform.
std::variant<ResolvedStage, Diagnostic> ResolveBase(
    const Dockerfile& dockerfile, int index, const StageNames& names,
    const std::vector<std::string>& global_scope,
    const Platform& build_platform);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_STAGES_STAGE_BASE_H_
