#include "lib/dockerfile/dockerfile.h"

#include <string>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/dockerfile/diagnostic.h"
#include "lib/dockerfile/instruction.h"
#include "lib/dockerfile/instruction_body.h"
#include "lib/dockerfile/lexer.h"
#include "lib/dockerfile/logical_line.h"
#include "lib/dockerfile/parse_instruction.h"

namespace rules_dockerfile {

std::variant<Dockerfile, Diagnostic> ParseDockerfile(absl::string_view text) {
  std::variant<LexedDockerfile, Diagnostic> lexed = LexDockerfile(text);
  if (auto* error = std::get_if<Diagnostic>(&lexed)) return std::move(*error);
  LexedDockerfile& file = std::get<LexedDockerfile>(lexed);
  Dockerfile dockerfile = {.directives = std::move(file.directives),
                           .warnings = std::move(file.warnings)};
  for (LexedInstruction& in : file.instructions) {
    absl::StatusOr<InstructionBody> body = ParseInstructionBody(in);
    if (!body.ok()) {
      return Diagnostic{.ranges = {in.lines},
                        .message = absl::StrCat(
                            "dockerfile parse error on line ", in.lines.first,
                            ": ", body.status().message())};
    }
    Instruction instruction = {.lines = in.lines,
                               .keyword = std::move(in.arguments.keyword),
                               .original = std::move(in.original),
                               .comment = std::move(in.comment),
                               .body = *std::move(body)};
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
  }
  if (dockerfile.stages.empty()) {
    return Diagnostic{.ranges = {dockerfile.global_args.back().lines},
                      .message = "dockerfile contains no stages to build"};
  }
  return dockerfile;
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
    absl::string_view without_directive = lines;
    absl::ConsumePrefix(&without_directive, "# escape=`\n");
    absl::StrAppend(&text, without_directive);
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
