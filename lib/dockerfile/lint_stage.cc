#include "lib/dockerfile/lint_stage.h"

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/build_platform.h"
#include "lib/dockerfile/diagnostic.h"
#include "lib/dockerfile/dockerfile.h"
#include "lib/dockerfile/lint_instruction.h"
#include "lib/dockerfile/quote.h"
#include "lib/dockerfile/variables.h"

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
    const bool all = options_.stages.scope.target.empty();
    for (size_t i = 0; i < file_.stages.size(); ++i) {
      if (!all && !graph_.stages[i].reachable) continue;
      if (auto error = LintStage(static_cast<int>(i))) return error;
    }
    return std::nullopt;
  }

 private:
  std::optional<Diagnostic> LintStage(int index) {
    const Stage& stage = file_.stages[index];
    LintState& state = states_[index];
    state = InitialState(index);
    // Of a stage that a named context replaces, nothing is run.
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
    for (const Instruction& instruction : stage.instructions) {
      const absl::Status status = linter.Visit(instruction);
      if (status.ok()) continue;
      return Diagnostic{.ranges = {instruction.lines},
                        .message = std::string(status.message())};
    }
    return std::nullopt;
  }

  LintState InitialState(int index) {
    const StageSource& base = graph_.stages[index].base;
    if (base.kind == StageSource::Kind::kStage) return states_[base.stage];
    LintState state;
    if (const auto found = options_.bases.find(base.name);
        base.kind == StageSource::Kind::kImage &&
        found != options_.bases.end()) {
      state.environment = Variables(found->second.environment);
      state.has_shell = !found->second.shell.empty();
      LintBasePlatform(index, base.name, found->second);
    }
    if (!state.environment.Get("PATH")) {
      state.environment.Set("PATH", kDefaultPath);
    }
    return state;
  }

  void LintBasePlatform(int index, const std::string& name,
                        const LintBase& base) {
    if (!base.platform) return;
    const BuildPlatform expected = graph_.stages[index].platform.value_or(
        options_.stages.scope.target_platform);
    if (base.platform->os == expected.os &&
        base.platform->architecture == expected.architecture) {
      return;
    }
    report_(
        "InvalidBaseImagePlatform", file_.stages[index].from.lines,
        absl::StrCat("Base image ", name, " was pulled with platform ",
                     GoQuote(PlatformText(*base.platform)), ", expected ",
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
