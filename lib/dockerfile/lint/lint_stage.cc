#include "lib/dockerfile/lint/lint_stage.h"

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/expand/expand.h"
#include "lib/dockerfile/expand/variables.h"
#include "lib/dockerfile/lint/lint_instruction.h"
#include "lib/dockerfile/lint/lint_syntax.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/trigger.h"
#include "lib/platform/platform.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kDefaultPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

class StagesLinter {
 public:
  StagesLinter(const Dockerfile& dockerfile, const StageGraph& graph,
               const LintOptions& options, const LintSink& report)
      : file_(dockerfile),
        graph_(graph),
        global_scope_(graph.global_scope),
        options_(options),
        report_(report) {}

  std::optional<Diagnostic> LintAll() {
    states_.resize(file_.stages.size());
    const std::vector<int> visited = VisitedStages();
    for (int index : visited) {
      const std::vector<Diagnostic>& errors = graph_.stages[index].name_errors;
      if (!errors.empty()) return errors.front();
    }
    for (int index : visited) LintBasePlatform(index);
    for (int index : visited) {
      if (auto error = LintStage(index)) return error;
    }
    return std::nullopt;
  }

 private:
  std::vector<int> VisitedStages() const {
    const bool all =
        options_.stages.scope.target.empty() && !options_.needed_stages_only;
    std::vector<int> visited;
    for (size_t i = 0; i < file_.stages.size(); ++i) {
      if (all || graph_.stages[i].reachable) {
        visited.push_back(static_cast<int>(i));
      }
    }
    return visited;
  }

  std::optional<Diagnostic> LintStage(int index) {
    const Stage& stage = file_.stages[index];
    LintState& state = states_[index];
    state = InitialState(index);
    // Nothing is run of a stage that a named context replaces.
    if (graph_.stages[index].base.kind == StageSource::Kind::kContext &&
        absl::c_linear_search(
            options_.stages.named_contexts,
            std::get<FromInstruction>(stage.from.body).stage_name)) {
      return std::nullopt;
    }
    const InstructionLinter::Context context = {
        .global_scope = global_scope_,
        .escape = file_.directives.escape,
        .options = options_,
        .report = report_};
    InstructionLinter linter(context, state);
    if (auto error = LintTriggers(index, linter)) return error;
    for (const Instruction& instruction : stage.instructions) {
      const absl::Status status = linter.Visit(instruction);
      // A variable of an unknown base may be what is missing.
      if (!status.ok() && !state.any_variable) {
        return ErrorAt(instruction, status);
      }
      if (auto error = KnownError(index, instruction)) return error;
    }
    return std::nullopt;
  }

  std::optional<Diagnostic> LintTriggers(int index, InstructionLinter& linter) {
    const Instruction& from = file_.stages[index].from;
    for (const std::string& text : TriggersOf(index)) {
      const absl::StatusOr<Instruction> trigger =
          ParseTrigger(text, from.lines);
      if (trigger.ok()) {
        LintInstructionSyntax(*trigger, file_.directives.escape, report_);
      }
      const absl::Status status =
          trigger.ok() ? linter.Visit(*trigger) : trigger.status();
      if (!status.ok()) return ErrorAt(from, status);
    }
    return KnownError(index, from);
  }

  // Returns the error of an instruction in the graph of stages.
  std::optional<Diagnostic> KnownError(int index,
                                       const Instruction& instruction) const {
    for (const Diagnostic& error : graph_.stages[index].instruction_errors) {
      if (error.ranges.front() == instruction.lines) return error;
    }
    return std::nullopt;
  }

  static Diagnostic ErrorAt(const Instruction& instruction,
                            const absl::Status& status) {
    return {.ranges = {instruction.lines},
            .message = std::string(status.message())};
  }

  // Returns the ONBUILD triggers of the base, which run right after FROM.
  std::vector<std::string> TriggersOf(int index) const {
    const StageSource& base = graph_.stages[index].base;
    if (base.kind != StageSource::Kind::kStage) {
      const LintBase* image = FindBase(base);
      return image == nullptr ? std::vector<std::string>() : image->triggers;
    }
    std::vector<std::string> triggers;
    for (const Instruction& instruction :
         file_.stages[base.stage].instructions) {
      if (const auto* onbuild =
              std::get_if<OnbuildInstruction>(&instruction.body)) {
        triggers.push_back(onbuild->trigger);
      }
    }
    return triggers;
  }

  // nullptr if the base is unknown.
  const LintBase* FindBase(const StageSource& base) const {
    const auto found = options_.bases.find(NormalizedReference(base.name));
    return found == options_.bases.end() ? nullptr : &found->second;
  }

  LintState InitialState(int index) {
    const StageSource& base = graph_.stages[index].base;
    if (base.kind == StageSource::Kind::kStage) return states_[base.stage];
    LintState state;
    if (const LintBase* image = FindBase(base)) {
      state.environment = Variables(image->environment);
      state.has_shell = !image->shell.empty();
    } else {
      state.any_variable =
          options_.unknown_bases && base.kind != StageSource::Kind::kScratch;
    }
    if (!state.environment.Get("PATH")) {
      state.environment.Set("PATH", kDefaultPath);
    }
    return state;
  }

  void LintBasePlatform(int index) {
    const StageSource& source = graph_.stages[index].base;
    if (source.kind == StageSource::Kind::kStage) return;
    const LintBase* base = FindBase(source);
    if (base == nullptr || !base->platform) return;
    const Platform expected = graph_.stages[index].platform.value_or(
        options_.stages.scope.target_platform);
    if (base->platform->os == expected.os &&
        base->platform->architecture == expected.architecture) {
      return;
    }
    const Instruction& from = file_.stages[index].from;
    const absl::StatusOr<Expansion> name =
        ExpandWord(std::get<FromInstruction>(from.body).base,
                   global_scope_.lookup(), {.escape = file_.directives.escape});
    if (!name.ok()) return;
    report_(
        "InvalidBaseImagePlatform", from.lines,
        absl::StrCat("Base image ", name->text, " was pulled with platform ",
                     GoQuote(PlatformText(*base->platform)), ", expected ",
                     GoQuote(PlatformText(expected)), " for current build"));
  }

  const Dockerfile& file_;
  const StageGraph& graph_;
  const Variables global_scope_;
  const LintOptions& options_;
  const LintSink& report_;
  std::vector<LintState> states_;  // of each stage, at its end
};

}  // namespace

std::optional<Diagnostic> LintStages(const Dockerfile& dockerfile,
                                     const StageGraph& graph,
                                     const LintOptions& options,
                                     const LintSink& report) {
  return StagesLinter(dockerfile, graph, options, report).LintAll();
}

}  // namespace rules_dockerfile
