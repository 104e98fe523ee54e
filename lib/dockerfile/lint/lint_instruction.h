#ifndef LIB_DOCKERFILE_LINT_LINT_INSTRUCTION_H_
#define LIB_DOCKERFILE_LINT_LINT_INSTRUCTION_H_

#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/expand/variables.h"
#include "lib/dockerfile/lint/lint_options.h"
#include "lib/dockerfile/lint/lint_syntax.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/syntax/line_range.h"

namespace rules_dockerfile {

// What a stage passes on to the stages built from it.
struct LintState {
  Variables environment;
  std::set<std::string> arguments;  // ARG names
  bool any_variable = false;        // has an unknown base: none is undefined
  bool has_shell = false;
  bool has_workdir = false;
};

// Checks the instructions of one stage, in order.
class InstructionLinter {
 public:
  struct Context {
    const Variables& global_scope;
    char escape;
    const LintOptions& options;
    const LintSink& report;
  };

  // Borrows both; `state` is that before the first instruction.
  InstructionLinter(const Context& context, LintState& state)
      : context_(context), state_(state) {}

  // InvalidArgument where the build would fail.
  absl::Status Visit(const Instruction& instruction);

 private:
  friend struct InstructionVisitor;

  const Context& context_;
  LintState& state_;
  std::map<std::string, LineRange> previous_;  // CMD and the like, by keyword
};

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_LINT_LINT_INSTRUCTION_H_
