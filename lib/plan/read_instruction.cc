#include "lib/plan/read_instruction.h"

#include <string>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/plan/build_state.h"

namespace rules_dockerfile {

absl::StatusOr<InstructionInput> ReadInstruction(
    const std::string& text_path, const std::string& state_path) {
  InstructionInput input;
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(text_path));
  ABSL_ASSIGN_OR_RETURN(input.text, ParseInstructionText(text));
  ABSL_ASSIGN_OR_RETURN(const std::string state, ReadFile(state_path));
  ABSL_ASSIGN_OR_RETURN(input.state, ParseBuildState(state));
  return input;
}

}  // namespace rules_dockerfile
