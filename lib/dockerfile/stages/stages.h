#ifndef LIB_DOCKERFILE_STAGES_STAGES_H_
#define LIB_DOCKERFILE_STAGES_STAGES_H_

#include <variant>

#include "lib/dockerfile/stages/stage_graph.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"

namespace rules_dockerfile {

// Finds what each stage is made from and which stages the target needs
// (Dockerfile reference, "FROM", "COPY --from"). The diagnostic is the
// frontend's: a target or base that is not there, an index out of range, a
// circular dependency. A stage's own errors are a reference to a later stage
// and what CheckInstruction() finds.
std::variant<StageGraph, Diagnostic> ResolveStageGraph(
    const Dockerfile& dockerfile, const StageOptions& options);

// As ResolveStageGraph(), but the first error of a stage that the target needs
// is one of the whole.
std::variant<StageGraph, Diagnostic> ResolveStages(const Dockerfile& dockerfile,
                                                   const StageOptions& options);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_STAGES_STAGES_H_
