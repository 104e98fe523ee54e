#include "lib/dockerfile/syntax/instruction.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/instruction_body.h"
#include "lib/dockerfile/syntax/lexer.h"
#include "lib/dockerfile/syntax/logical_line.h"
#include "lib/dockerfile/syntax/parse_instruction.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kEscapeDirective = "# escape=";

struct KeywordOf {
  absl::string_view operator()(const FromInstruction&) { return "FROM"; }
  absl::string_view operator()(const RunInstruction&) { return "RUN"; }
  absl::string_view operator()(const CopyInstruction& copy) {
    return copy.is_add ? "ADD" : "COPY";
  }
  absl::string_view operator()(const EnvInstruction&) { return "ENV"; }
  absl::string_view operator()(const LabelInstruction&) { return "LABEL"; }
  absl::string_view operator()(const ArgInstruction&) { return "ARG"; }
  absl::string_view operator()(const CmdInstruction&) { return "CMD"; }
  absl::string_view operator()(const EntrypointInstruction&) {
    return "ENTRYPOINT";
  }
  absl::string_view operator()(const ShellInstruction&) { return "SHELL"; }
  absl::string_view operator()(const WorkdirInstruction&) { return "WORKDIR"; }
  absl::string_view operator()(const UserInstruction&) { return "USER"; }
  absl::string_view operator()(const ExposeInstruction&) { return "EXPOSE"; }
  absl::string_view operator()(const VolumeInstruction&) { return "VOLUME"; }
  absl::string_view operator()(const StopsignalInstruction&) {
    return "STOPSIGNAL";
  }
  absl::string_view operator()(const MaintainerInstruction&) {
    return "MAINTAINER";
  }
  absl::string_view operator()(const HealthcheckInstruction&) {
    return "HEALTHCHECK";
  }
  absl::string_view operator()(const OnbuildInstruction&) { return "ONBUILD"; }
};

// Returns what follows the joined line: the bodies and terminators of its
// here-documents.
std::string HeredocBodies(const Instruction& instruction) {
  const std::vector<Heredoc>* heredocs = nullptr;
  if (const auto* run = std::get_if<RunInstruction>(&instruction.body)) {
    heredocs = &run->heredocs;
  }
  if (const auto* copy = std::get_if<CopyInstruction>(&instruction.body)) {
    heredocs = &copy->heredocs;
  }
  std::string bodies;
  if (heredocs != nullptr) {
    for (const Heredoc& heredoc : *heredocs) {
      absl::StrAppend(&bodies, heredoc.content, heredoc.name, "\n");
    }
  }
  if (const auto* onbuild =
          std::get_if<OnbuildInstruction>(&instruction.body)) {
    // The trigger is the end of the joined line, then the bodies.
    const size_t line_end = onbuild->trigger.find('\n');
    if (line_end != std::string::npos) {
      absl::StrAppend(&bodies, onbuild->trigger.substr(line_end + 1), "\n");
    }
  }
  return bodies;
}

}  // namespace

absl::string_view Keyword(const Instruction& instruction) {
  return std::visit(KeywordOf(), instruction.body);
}

absl::StatusOr<InstructionText> ParseInstructionText(absl::string_view text) {
  std::variant<LexedDockerfile, Diagnostic> lexed = LexJoinedLines(text);
  if (const auto* error = std::get_if<Diagnostic>(&lexed)) {
    return absl::InvalidArgumentError(error->message);
  }
  LexedDockerfile& file = std::get<LexedDockerfile>(lexed);
  if (file.instructions.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected one instruction, got ", file.instructions.size()));
  }
  LexedInstruction& instruction = file.instructions[0];
  InstructionText result;
  ABSL_ASSIGN_OR_RETURN(result.instruction.body,
                        ParseInstructionBody(instruction));
  result.escape = file.directives.escape;
  result.instruction.lines = instruction.lines;
  result.instruction.keyword = std::move(instruction.arguments.keyword);
  result.instruction.original = std::move(instruction.original);
  result.instruction.comment = std::move(instruction.comment);
  return result;
}

std::string InstructionTextOf(const Instruction& instruction, char escape) {
  std::string text;
  if (escape != '\\') {
    absl::StrAppend(&text, kEscapeDirective, std::string(1, escape), "\n");
  }
  absl::StrAppend(&text, instruction.original);
  // Only the end of the file can leave a line that would be continued.
  if (IsContinued(instruction.original, escape)) text += escape;
  absl::StrAppend(&text, "\n", HeredocBodies(instruction));
  return text;
}

absl::string_view WithoutEscapeDirective(absl::string_view instruction_text) {
  if (absl::StartsWith(instruction_text, kEscapeDirective)) {
    instruction_text.remove_prefix(
        std::min(instruction_text.find('\n'), instruction_text.size() - 1) + 1);
  }
  return instruction_text;
}

absl::string_view LogicalLineOf(absl::string_view instruction_text) {
  const absl::string_view text = WithoutEscapeDirective(instruction_text);
  return text.substr(0, text.find('\n'));
}

}  // namespace rules_dockerfile
