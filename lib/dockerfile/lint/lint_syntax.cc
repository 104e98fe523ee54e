#include "lib/dockerfile/lint/lint_syntax.h"

#include <set>
#include <string>
#include <variant>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/characters.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/syntax/line_range.h"
#include "lib/dockerfile/values/words.h"

namespace rules_dockerfile {
namespace {

bool IsLower(absl::string_view text) {
  return absl::AsciiStrToLower(text) == text;
}
bool IsUpper(absl::string_view text) {
  return absl::AsciiStrToUpper(text) == text;
}

// All instructions, in the order of the file.
std::vector<const Instruction*> AllInstructions(const Dockerfile& dockerfile) {
  std::vector<const Instruction*> all;
  for (const Instruction& arg : dockerfile.global_args) all.push_back(&arg);
  for (const Stage& stage : dockerfile.stages) {
    all.push_back(&stage.from);
    for (const Instruction& instruction : stage.instructions) {
      all.push_back(&instruction);
    }
  }
  return all;
}

// The words of FROM as written: base, "AS", name.
std::vector<std::string> FromWords(const Instruction& from, char escape) {
  const std::vector<std::string> parts = SplitAtBlanks(from.original, 2);
  if (parts.size() < 2) return {};
  const FlagWords flags = TakeFlags(parts[1], escape);
  return SplitAtBlanks(TrimSpace(flags.rest));
}

void LintStageName(const Instruction& from, char escape,
                   const LintSink& report) {
  const std::vector<std::string> words = FromWords(from, escape);
  if (words.size() != 3) return;
  if (!IsLower(words[2])) {
    report("StageNameCasing", from.lines,
           absl::StrCat("Stage name '", words[2], "' should be lowercase"));
  }
  // A FROM of mixed case is reported by another rule.
  const bool matches = IsLower(from.keyword)   ? IsLower(words[1])
                       : IsUpper(from.keyword) ? IsUpper(words[1])
                                               : true;
  if (!matches) {
    report("FromAsCasing", from.lines,
           absl::StrCat("'", words[1], "' and '", from.keyword,
                        "' keywords' casing do not match"));
  }
}

// The comment right above the definition of `names` should begin with one.
void LintDescription(const Instruction& instruction, absl::string_view keyword,
                     const std::vector<std::string>& names,
                     const LintSink& report) {
  if (instruction.comment.empty() || names.empty()) return;
  const std::string& comment = instruction.comment.back();
  const std::string first = comment.substr(0, comment.find(' '));
  if (absl::c_linear_search(names, first)) return;
  report("InvalidDefinitionDescription", instruction.lines,
         absl::StrCat("Comment for ", keyword, " should follow the format: `# ",
                      names.size() == 1 ? names[0] : "<arg_key>",
                      " <description>`"));
}

void LintStageNames(const Dockerfile& dockerfile, const LintSink& report) {
  std::set<std::string> names;
  for (const Stage& stage : dockerfile.stages) {
    const std::string& name =
        std::get<FromInstruction>(stage.from.body).stage_name;
    if (name.empty()) continue;
    if (name == "scratch" || name == "context") {
      report("ReservedStageName", stage.from.lines,
             absl::StrCat("Stage name should not use the same name as reserved "
                          "stage ",
                          GoQuote(name)));
    }
    if (!names.insert(name).second) {
      report("DuplicateStageName", stage.from.lines,
             absl::StrCat("Duplicate stage name ", GoQuote(name),
                          ", stage names should be unique"));
    }
  }
}

// Global ARGs neither count nor are reported.
void LintCasing(const Dockerfile& dockerfile, const LintSink& report) {
  std::vector<const Instruction*> instructions = AllInstructions(dockerfile);
  instructions.erase(
      instructions.begin(),
      instructions.begin() + static_cast<int>(dockerfile.global_args.size()));
  int lower = 0;
  int upper = 0;
  for (const Instruction* instruction : instructions) {
    if (IsLower(instruction->keyword)) ++lower;
    if (IsUpper(instruction->keyword)) ++upper;
  }
  const bool want_lower = lower > upper;
  for (const Instruction* instruction : instructions) {
    const std::string& keyword = instruction->keyword;
    if (want_lower ? IsLower(keyword) : IsUpper(keyword)) continue;
    report("ConsistentInstructionCasing", instruction->lines,
           absl::StrCat("Command '", keyword,
                        "' should match the case of the command majority (",
                        want_lower ? "lowercase" : "uppercase", ")"));
  }
}

}  // namespace

void LintInstructionSyntax(const Instruction& instruction, char escape,
                           const LintSink& report) {
  const InstructionBody& body = instruction.body;
  if (const auto* from = std::get_if<FromInstruction>(&body)) {
    LintStageName(instruction, escape, report);
    if (!from->stage_name.empty()) {
      LintDescription(instruction, "FROM", {from->stage_name}, report);
    }
  } else if (const auto* arg = std::get_if<ArgInstruction>(&body)) {
    std::vector<std::string> names;
    for (const BuildArgument& a : arg->arguments) names.push_back(a.name);
    LintDescription(instruction, "ARG", names, report);
  } else if (std::holds_alternative<MaintainerInstruction>(body)) {
    report("MaintainerDeprecated", instruction.lines,
           "Maintainer instruction is deprecated in favor of using label");
  }
}

void LintSyntax(const Dockerfile& dockerfile, const LintSink& report) {
  for (const Diagnostic& warning : dockerfile.warnings) {
    report("NoEmptyContinuation", warning.ranges[0], "Empty continuation line");
  }
  for (const Instruction* instruction : AllInstructions(dockerfile)) {
    LintInstructionSyntax(*instruction, dockerfile.directives.escape, report);
  }
}

void LintNamesAndCasing(const Dockerfile& dockerfile, const LintSink& report) {
  LintStageNames(dockerfile, report);
  LintCasing(dockerfile, report);
}

}  // namespace rules_dockerfile
