#include "lib/dockerfile/syntax/lexer.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/characters.h"
#include "lib/dockerfile/syntax/arguments.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/heredoc.h"
#include "lib/dockerfile/syntax/logical_line.h"
#include "lib/dockerfile/syntax/parser_directive.h"

namespace rules_dockerfile {
namespace {

// Of a physical line.
constexpr size_t kMaxLineSize = 65535;

class Lexer {
 public:
  Lexer(absl::string_view text, size_t max_line_size)
      : lines_(text, max_line_size), check_(CheckDirective(text)) {}

  std::variant<LexedDockerfile, Diagnostic> Lex() {
    while (const std::optional<absl::string_view> line = lines_.Next()) {
      start_ = lines_.line_number();
      if (absl::Status status = ReadLine(*line); !status.ok()) {
        return Error(status.message());
      }
    }
    result_.directives = directives_.directives();
    result_.directives.check = std::move(check_);
    start_ = lines_.line_number();
    if (result_.instructions.empty()) {
      return Error("file with no instructions");
    }
    if (lines_.too_long()) {
      return Error("dockerfile line greater than max allowed size of 65535");
    }
    return std::move(result_);
  }

 private:
  Diagnostic Error(absl::string_view message) const {
    return {.ranges = {{start_, lines_.line_number()}},
            .message = std::string(message)};
  }

  // Reads what begins with the physical line `raw`.
  absl::Status ReadLine(absl::string_view raw) {
    if (start_ == 1) absl::ConsumePrefix(&raw, kByteOrderMark);
    const absl::string_view line = TrimLeadingSpace(TrimLineEnd(raw));
    ABSL_ASSIGN_OR_RETURN(const bool is_directive, directives_.Read(line));
    if (is_directive) return absl::OkStatus();
    if (line.empty()) return absl::OkStatus();
    if (line[0] == '#') {
      AddComment(TrimSpace(raw.substr(1)));
      return absl::OkStatus();
    }
    return ReadInstruction(line);
  }

  // An empty comment line separates blocks.
  void AddComment(absl::string_view text) {
    if (text.empty()) {
      comment_.clear();
    } else {
      comment_.emplace_back(text);
    }
  }

  absl::Status ReadInstruction(absl::string_view line) {
    const char escape = directives_.directives().escape;
    LogicalLine joined = JoinLogicalLine(line, escape, lines_);
    joined.text.erase(
        0, joined.text.size() - TrimLeadingSpace(joined.text).size());
    if (joined.has_blank_line) {
      result_.warnings.push_back(
          {.ranges = {{joined.last, joined.last}},
           .message = absl::StrCat("Empty continuation line found in: ",
                                   joined.text)});
    }
    LexedInstruction instruction;
    ABSL_ASSIGN_OR_RETURN(instruction.arguments,
                          ParseArguments(joined.text, escape));
    if (instruction.arguments.takes_heredocs) {
      ABSL_ASSIGN_OR_RETURN(instruction.heredocs, ReadHeredocs(joined.text));
    }
    instruction.lines = {joined.first, lines_.line_number()};
    instruction.original = std::move(joined.text);
    instruction.comment = std::exchange(comment_, {});
    result_.instructions.push_back(std::move(instruction));
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<Heredoc>> ReadHeredocs(absl::string_view line) {
    std::vector<Heredoc> heredocs = HeredocsInLine(line);
    for (Heredoc& heredoc : heredocs) {
      while (true) {
        const std::optional<absl::string_view> body = lines_.Next();
        if (!body) {
          return absl::InvalidArgumentError("unterminated heredoc");
        }
        if (IsTerminator(*body, heredoc)) break;
        heredoc.content += *body;
      }
    }
    return heredocs;
  }

  PhysicalLineReader lines_;
  std::string check_;
  ParserDirectiveReader directives_;
  std::vector<std::string> comment_;  // since the last empty one or instruction
  int start_ = 0;                     // where what is being read begins
  LexedDockerfile result_;
};

}  // namespace

std::variant<LexedDockerfile, Diagnostic> LexDockerfile(
    absl::string_view text) {
  if (text.empty()) {
    return Diagnostic{.ranges = {},
                      .message = "the Dockerfile cannot be empty"};
  }
  return Lexer(text, kMaxLineSize).Lex();
}

std::variant<LexedDockerfile, Diagnostic> LexJoinedLines(
    absl::string_view text) {
  return Lexer(text, absl::string_view::npos).Lex();
}

}  // namespace rules_dockerfile
