#ifndef LIB_DOCKERFILE_LINT_SYNTAX_H_
#define LIB_DOCKERFILE_LINT_SYNTAX_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/dockerfile/dockerfile.h"
#include "lib/dockerfile/global_scope.h"
#include "lib/dockerfile/line_range.h"

namespace rules_dockerfile {

// Takes a finding of a rule.
using LintSink = std::function<void(absl::string_view rule, LineRange lines,
                                    std::string detail)>;

// The rules on how instructions are written: casing, names, legacy forms,
// comments, blank lines in continuations.
void LintSyntax(const Dockerfile& dockerfile, const LintSink& report);

// Of these, the rules on a single instruction.
void LintInstructionSyntax(const Instruction& instruction, char escape,
                           const LintSink& report);

// The rules on FROM lines and the global arguments they use.
void LintFrom(const Dockerfile& dockerfile, const GlobalScopeOptions& options,
              const LintSink& report);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_LINT_SYNTAX_H_
