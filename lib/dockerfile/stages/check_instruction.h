#ifndef LIB_DOCKERFILE_STAGES_CHECK_INSTRUCTION_H_
#define LIB_DOCKERFILE_STAGES_CHECK_INSTRUCTION_H_

#include "absl/status/status.h"
#include "lib/dockerfile/syntax/instruction.h"

namespace rules_dockerfile {

// Checks what is known about an instruction before variables are expanded: an
// empty exec form, an invalid mount, mode, port or signal, an unclosed quote.
// Accepts anything with a "$". InvalidArgument with the frontend's message.
absl::Status CheckInstruction(const Instruction& instruction, char escape);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_STAGES_CHECK_INSTRUCTION_H_
