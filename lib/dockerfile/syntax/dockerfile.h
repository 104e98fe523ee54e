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

// Parses a Dockerfile: lines, directives, instructions, flags, stages. On
// failure the diagnostic has the lines and the message of the Dockerfile
// frontend, its suggestion included. Does no I/O, never crashes.
std::variant<Dockerfile, Diagnostic> ParseDockerfile(absl::string_view text);

// The readable part of a Dockerfile, and the error that ended it.
struct ReadDockerfile {
  // Everything before the error; may have no stages. Only the `check` directive
  // if the lines themselves are malformed.
  Dockerfile dockerfile;
  // The refused instruction, if lint rules apply to it: one above the first
  // FROM, or a FROM or MAINTAINER, whose body is then empty.
  std::optional<Instruction> refused;
  std::optional<Diagnostic> error;  // that of ParseDockerfile()

  friend bool operator==(const ReadDockerfile&,
                         const ReadDockerfile&) = default;
};

// As ParseDockerfile(), for the lint rules, which report what they find before
// the error.
ReadDockerfile ReadDockerfileUpToError(absl::string_view text);

// Returns an annotated dump, one fact per line, for goldens and
// `dockerfile_parse --dump`.
std::string DumpDockerfile(const Dockerfile& dockerfile);

// Returns a Dockerfile that parses to an equal value, except for lines and
// comments.
std::string DockerfileText(const Dockerfile& dockerfile);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_DOCKERFILE_H_
