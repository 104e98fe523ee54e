#include "lib/dockerfile/syntax/trigger.h"

#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/syntax/lexer.h"
#include "lib/dockerfile/syntax/line_range.h"

namespace rules_dockerfile {

absl::StatusOr<Instruction> ParseTrigger(absl::string_view trigger,
                                         LineRange lines) {
  const std::variant<LexedDockerfile, Diagnostic> lexed =
      LexJoinedLines(trigger);
  if (const auto* file = std::get_if<LexedDockerfile>(&lexed);
      file != nullptr && file->instructions.size() != 1) {
    return absl::InvalidArgumentError(
        "onbuild trigger should be a single expression");
  }
  ABSL_ASSIGN_OR_RETURN(InstructionText text, ParseInstructionText(trigger));
  text.instruction.lines = lines;
  return std::move(text.instruction);
}

}  // namespace rules_dockerfile
