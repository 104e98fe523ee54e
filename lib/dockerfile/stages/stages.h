#ifndef LIB_DOCKERFILE_STAGES_STAGES_H_
#define LIB_DOCKERFILE_STAGES_STAGES_H_

#include <variant>

#include "lib/dockerfile/stages/stage_graph.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"

namespace rules_dockerfile {

// Finds what each stage is built from and which stages the target needs
// (Dockerfile reference, "FROM", "COPY --from"). The diagnostic is the
// frontend's: a missing target or base, an index out of range, a circular
// dependency. The errors of a stage are references to a later stage and those
// of CheckInstruction().
std::variant<StageGraph, Diagnostic> ResolveStageGraph(
    const Dockerfile& dockerfile, const StageOptions& options);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_STAGES_STAGES_H_
