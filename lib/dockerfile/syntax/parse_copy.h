#ifndef LIB_DOCKERFILE_SYNTAX_PARSE_COPY_H_
#define LIB_DOCKERFILE_SYNTAX_PARSE_COPY_H_

#include "absl/status/statusor.h"
#include "lib/dockerfile/syntax/instruction_body.h"
#include "lib/dockerfile/syntax/lexer.h"

namespace rules_dockerfile {

// ParseInstructionBody() of COPY and of ADD.
absl::StatusOr<InstructionBody> ParseCopy(const LexedInstruction& instruction);
absl::StatusOr<InstructionBody> ParseAdd(const LexedInstruction& instruction);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_PARSE_COPY_H_
