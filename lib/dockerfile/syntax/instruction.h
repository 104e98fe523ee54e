#ifndef LIB_DOCKERFILE_SYNTAX_INSTRUCTION_H_
#define LIB_DOCKERFILE_SYNTAX_INSTRUCTION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/syntax/instruction_body.h"
#include "lib/dockerfile/syntax/line_range.h"

namespace rules_dockerfile {

// One instruction of a Dockerfile.
struct Instruction {
  LineRange lines;
  std::string keyword;   // as written: "run", "RUN"
  std::string original;  // the joined logical line, keyword included
  std::vector<std::string> comment;  // lines of the comment block right above
  InstructionBody body;

  friend bool operator==(const Instruction&, const Instruction&) = default;
};

// "FROM", "RUN", "COPY", "ADD", …
absl::string_view Keyword(const Instruction& instruction);

// An instruction text file (docs/design/0001_artifacts.md) read back, with the
// escape token that its expansion uses ('\\' or '`').
struct InstructionText {
  Instruction instruction;
  char escape = '\\';

  friend bool operator==(const InstructionText&,
                         const InstructionText&) = default;
};

// Parses an instruction text. InvalidArgument with the frontend's own message
// unless it is one valid instruction.
absl::StatusOr<InstructionText> ParseInstructionText(absl::string_view text);

// Returns the instruction text file of `instruction`. ParseInstructionText()
// returns an equal instruction from it, except for `lines` and `comment`.
std::string InstructionTextOf(const Instruction& instruction, char escape);

// Parts of an instruction text, which need not be valid: all of it without the
// `escape` directive that it may begin with, and the logical line, without
// here-documents.
absl::string_view WithoutEscapeDirective(absl::string_view instruction_text);
absl::string_view LogicalLineOf(absl::string_view instruction_text);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_INSTRUCTION_H_
