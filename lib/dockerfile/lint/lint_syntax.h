#ifndef LIB_DOCKERFILE_LINT_LINT_SYNTAX_H_
#define LIB_DOCKERFILE_LINT_LINT_SYNTAX_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/dockerfile/stages/global_scope.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/line_range.h"

namespace rules_dockerfile {

// Receives a finding of a rule.
using LintSink = std::function<void(absl::string_view rule, LineRange lines,
                                    std::string detail)>;

// Applies the rules about how an instruction is written, independent of others:
// names, comments, blank lines in continuations. They also apply to the
// readable part of a malformed Dockerfile.
void LintSyntax(const Dockerfile& dockerfile, const LintSink& report);

// Applies the rules about the names of all stages and the case of all keywords.
void LintNamesAndCasing(const Dockerfile& dockerfile, const LintSink& report);

// Applies those of LintSyntax() that concern a single instruction.
void LintInstructionSyntax(const Instruction& instruction, char escape,
                           const LintSink& report);

// Applies the rules about FROM lines and the global arguments they use, up to
// the first FROM whose base or platform is refused.
void LintFrom(const Dockerfile& dockerfile, const GlobalScopeOptions& options,
              const LintSink& report);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_LINT_LINT_SYNTAX_H_
