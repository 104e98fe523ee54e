#ifndef LIB_DOCKERFILE_STAGES_REACHABILITY_H_
#define LIB_DOCKERFILE_STAGES_REACHABILITY_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lib/dockerfile/stages/stage_graph.h"
#include "lib/dockerfile/stages/stage_names.h"
#include "lib/dockerfile/stages/stage_sources.h"
#include "lib/dockerfile/syntax/diagnostic.h"

namespace rules_dockerfile {

// The index of the stage to build, which is the last of `count` if `target` is
// "". The diagnostic is the frontend's if no stage has the name.
std::variant<int, Diagnostic> FindTarget(const std::string& target, int count,
                                         const StageNames& names);

// The frontend's error if stages read each other in a circle. `reads` are
// those of each stage.
std::optional<Diagnostic> CheckCycles(
    const std::vector<ResolvedStage>& stages,
    const std::vector<std::vector<StageRead>>& reads);

// Marks the target and all that it needs, by its bases and sources.
void MarkReachable(StageGraph& graph);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_STAGES_REACHABILITY_H_
