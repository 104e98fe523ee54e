#ifndef LIB_DOCKERFILE_STAGES_CHECK_INSTRUCTION_H_
#define LIB_DOCKERFILE_STAGES_CHECK_INSTRUCTION_H_

#include "absl/status/status.h"
#include "lib/dockerfile/syntax/instruction.h"

namespace rules_dockerfile {

// What can be told of an instruction's meaning before variables are known: an
// empty exec form, a wrong mount, mode, port or signal, an open quote.
// Anything with a "$" passes. InvalidArgument with the frontend's message.
absl::Status CheckInstruction(const Instruction& instruction, char escape);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_STAGES_CHECK_INSTRUCTION_H_
