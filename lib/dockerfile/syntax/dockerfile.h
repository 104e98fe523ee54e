#ifndef LIB_DOCKERFILE_SYNTAX_DOCKERFILE_H_
#define LIB_DOCKERFILE_SYNTAX_DOCKERFILE_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/syntax/parser_directive.h"

namespace rules_dockerfile {

// A stage: its FROM and what follows up to the next FROM.
struct Stage {
  Instruction from;  // body is a FromInstruction
  std::vector<Instruction> instructions;

  friend bool operator==(const Stage&, const Stage&) = default;
};

// A parsed Dockerfile. Value type.
struct Dockerfile {
  ParserDirectives directives;
  std::vector<Instruction> global_args;  // ARGs before the first FROM
  std::vector<Stage> stages;             // in file order, at least one
  // Joined lines in which a blank line stood inside a continuation, and other
  // findings of the line reader that lint rules need.
  std::vector<Diagnostic> warnings;

  friend bool operator==(const Dockerfile&, const Dockerfile&) = default;
};

// Parses a whole Dockerfile: lines, directives, instructions, flags, stages.
// On failure the diagnostic has the lines and the message that the Dockerfile
// frontend gives, with its suggestion. Does no I/O, never crashes.
std::variant<Dockerfile, Diagnostic> ParseDockerfile(absl::string_view text);

// What could be read of a Dockerfile, and why not more.
struct ReadDockerfile {
  // As far as it was read: without stages maybe. If the lines themselves are
  // wrong, it has the `check` directive alone.
  Dockerfile dockerfile;
  // The instruction at which it was refused, if the lint rules judge it: one
  // above the first FROM; a FROM or MAINTAINER, whose body is empty then.
  std::optional<Instruction> refused;
  std::optional<Diagnostic> error;  // as of ParseDockerfile()

  friend bool operator==(const ReadDockerfile&,
                         const ReadDockerfile&) = default;
};

// As ParseDockerfile(), for the lint rules, which tell what they found before
// the error.
ReadDockerfile ReadDockerfileUpToError(absl::string_view text);

// An annotated dump, one fact a line, for goldens and `dockerfile_parse
// --dump`.
std::string DumpDockerfile(const Dockerfile& dockerfile);

// Dockerfile text that parses to an equal value but for lines and comments.
std::string DockerfileText(const Dockerfile& dockerfile);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_DOCKERFILE_H_
