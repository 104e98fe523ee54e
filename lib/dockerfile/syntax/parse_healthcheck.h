#ifndef LIB_DOCKERFILE_SYNTAX_PARSE_HEALTHCHECK_H_
#define LIB_DOCKERFILE_SYNTAX_PARSE_HEALTHCHECK_H_

#include "absl/status/statusor.h"
#include "lib/dockerfile/syntax/instruction_body.h"
#include "lib/dockerfile/syntax/lexer.h"

namespace rules_dockerfile {

// ParseInstructionBody() of HEALTHCHECK.
absl::StatusOr<InstructionBody> ParseHealthcheck(
    const LexedInstruction& instruction);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_PARSE_HEALTHCHECK_H_
