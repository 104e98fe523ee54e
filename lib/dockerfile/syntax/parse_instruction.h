#ifndef LIB_DOCKERFILE_SYNTAX_PARSE_INSTRUCTION_H_
#define LIB_DOCKERFILE_SYNTAX_PARSE_INSTRUCTION_H_

#include "absl/status/statusor.h"
#include "lib/dockerfile/syntax/instruction_body.h"
#include "lib/dockerfile/syntax/lexer.h"

namespace rules_dockerfile {

// The second half of parsing, after lexer.h: checks the flags and arguments of
// one instruction. InvalidArgument with the frontend's message, without
// "dockerfile parse error on line N: ".
absl::StatusOr<InstructionBody> ParseInstructionBody(
    const LexedInstruction& instruction);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_PARSE_INSTRUCTION_H_
