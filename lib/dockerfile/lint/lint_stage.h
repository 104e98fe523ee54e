#ifndef LIB_DOCKERFILE_LINT_LINT_STAGE_H_
#define LIB_DOCKERFILE_LINT_LINT_STAGE_H_

#include <optional>

#include "lib/dockerfile/lint/lint_options.h"
#include "lib/dockerfile/lint/lint_syntax.h"
#include "lib/dockerfile/stages/stage_graph.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"

namespace rules_dockerfile {

// Applies the rules about what instructions do in their stage: variables,
// working directories, repeated and shell-form commands, secrets, ignored
// files, ports. Visits the stages of `graph`, all or the reachable ones, in
// order with their environments. Returns the error that stopped it.
std::optional<Diagnostic> LintStages(const Dockerfile& dockerfile,
                                     const StageGraph& graph,
                                     const LintOptions& options,
                                     const LintSink& report);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_LINT_LINT_STAGE_H_
