#ifndef LIB_DOCKERFILE_SYNTAX_LEXER_H_
#define LIB_DOCKERFILE_SYNTAX_LEXER_H_

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/dockerfile/syntax/arguments.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/instruction_body.h"
#include "lib/dockerfile/syntax/line_range.h"
#include "lib/dockerfile/syntax/parser_directive.h"

namespace rules_dockerfile {

// An instruction whose flags and number of arguments have not been checked.
struct LexedInstruction {
  LineRange lines;
  std::string original;  // the joined line
  // Lines of the comments above, back to an empty one or an instruction.
  std::vector<std::string> comment;
  Arguments arguments;
  std::vector<Heredoc> heredocs;

  friend bool operator==(const LexedInstruction&,
                         const LexedInstruction&) = default;
};

struct LexedDockerfile {
  ParserDirectives directives;
  std::vector<LexedInstruction> instructions;  // at least one
  std::vector<Diagnostic> warnings;  // blank lines inside continuations

  friend bool operator==(const LexedDockerfile&,
                         const LexedDockerfile&) = default;
};

// The first half of parsing: directives, comments, continuations, keywords,
// argument words and here-documents. parse_instruction.h is the other.
std::variant<LexedDockerfile, Diagnostic> LexDockerfile(absl::string_view text);

// The same for instructions whose continuations have been joined: a line may be
// longer than one of a file.
std::variant<LexedDockerfile, Diagnostic> LexJoinedLines(
    absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_LEXER_H_
