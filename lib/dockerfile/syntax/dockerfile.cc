#include "lib/dockerfile/syntax/dockerfile.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/syntax/instruction_body.h"
#include "lib/dockerfile/syntax/lexer.h"
#include "lib/dockerfile/syntax/logical_line.h"
#include "lib/dockerfile/syntax/parse_instruction.h"
#include "lib/dockerfile/syntax/parser_directive.h"

namespace rules_dockerfile {

namespace {

// Returns the empty instruction of this keyword if lint rules apply to it
// unparsed.
std::optional<InstructionBody> UnreadBody(absl::string_view keyword) {
  if (absl::EqualsIgnoreCase(keyword, "FROM")) return FromInstruction();
  if (absl::EqualsIgnoreCase(keyword, "MAINTAINER")) {
    return MaintainerInstruction();
  }
  return std::nullopt;
}

Instruction MakeInstruction(LexedInstruction in, InstructionBody body) {
  return {.lines = in.lines,
          .keyword = std::move(in.arguments.keyword),
          .original = std::move(in.original),
          .comment = std::move(in.comment),
          .body = std::move(body)};
}

// Moves `instruction` to its stage or the global scope. Leaves it unchanged on
// error.
std::optional<Diagnostic> AddInstruction(Instruction& instruction,
                                         Dockerfile& dockerfile) {
  if (std::holds_alternative<FromInstruction>(instruction.body)) {
    dockerfile.stages.push_back({.from = std::move(instruction)});
  } else if (!dockerfile.stages.empty()) {
    dockerfile.stages.back().instructions.push_back(std::move(instruction));
  } else if (std::holds_alternative<ArgInstruction>(instruction.body)) {
    dockerfile.global_args.push_back(std::move(instruction));
  } else {
    return Diagnostic{.ranges = {instruction.lines},
                      .message = "no build stage in current context"};
  }
  return std::nullopt;
}

}  // namespace

ReadDockerfile ReadDockerfileUpToError(absl::string_view text) {
  ReadDockerfile read;
  std::variant<LexedDockerfile, Diagnostic> lexed = LexDockerfile(text);
  if (auto* error = std::get_if<Diagnostic>(&lexed)) {
    read.dockerfile.directives.check = CheckDirective(text);
    read.error = std::move(*error);
    return read;
  }
  LexedDockerfile& file = std::get<LexedDockerfile>(lexed);
  Dockerfile& dockerfile = read.dockerfile;
  dockerfile.directives = std::move(file.directives);
  dockerfile.warnings = std::move(file.warnings);
  for (LexedInstruction& in : file.instructions) {
    absl::StatusOr<InstructionBody> body = ParseInstructionBody(in);
    if (!body.ok()) {
      read.error =
          Diagnostic{.ranges = {in.lines},
                     .message = absl::StrCat("dockerfile parse error on line ",
                                             in.lines.first, ": ",
                                             body.status().message())};
      if (auto unread = UnreadBody(in.arguments.keyword)) {
        read.refused = MakeInstruction(std::move(in), *std::move(unread));
      }
      return read;
    }
    Instruction instruction = MakeInstruction(std::move(in), *std::move(body));
    read.error = AddInstruction(instruction, dockerfile);
    if (read.error) {
      read.refused = std::move(instruction);
      return read;
    }
  }
  if (dockerfile.stages.empty()) {
    read.error =
        Diagnostic{.ranges = {dockerfile.global_args.back().lines},
                   .message = "dockerfile contains no stages to build"};
  }
  return read;
}

std::variant<Dockerfile, Diagnostic> ParseDockerfile(absl::string_view text) {
  ReadDockerfile read = ReadDockerfileUpToError(text);
  if (read.error) return *std::move(read.error);
  return std::move(read.dockerfile);
}

std::string DockerfileText(const Dockerfile& dockerfile) {
  const ParserDirectives& directives = dockerfile.directives;
  std::string text;
  if (!directives.syntax.empty()) {
    absl::StrAppend(&text, "# syntax=", directives.syntax, "\n");
  }
  if (directives.escape != '\\') text += "# escape=`\n";
  if (!directives.check.empty()) {
    absl::StrAppend(&text, "# check=", directives.check, "\n");
  }
  const auto append = [&](const Instruction& instruction) {
    const std::string lines = InstructionTextOf(instruction, directives.escape);
    absl::StrAppend(&text, WithoutEscapeDirective(lines));
  };
  for (const Instruction& arg : dockerfile.global_args) append(arg);
  for (const Stage& stage : dockerfile.stages) {
    append(stage.from);
    for (const Instruction& instruction : stage.instructions) {
      append(instruction);
    }
  }
  return text;
}

}  // namespace rules_dockerfile
