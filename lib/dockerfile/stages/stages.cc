#include "lib/dockerfile/stages/stages.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/stages/check_instruction.h"
#include "lib/dockerfile/stages/epoch.h"
#include "lib/dockerfile/stages/global_scope.h"
#include "lib/dockerfile/stages/reachability.h"
#include "lib/dockerfile/stages/stage_base.h"
#include "lib/dockerfile/stages/stage_graph.h"
#include "lib/dockerfile/stages/stage_names.h"
#include "lib/dockerfile/stages/stage_sources.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/line_range.h"
#include "lib/dockerfile/values/suggest.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

class Resolver {
 public:
  Resolver(const Dockerfile& dockerfile, const StageOptions& options)
      : file_(dockerfile), options_(options), names_(dockerfile, options) {}

  // The steps are in the frontend's order: its first error is the one reported.
  std::variant<StageGraph, Diagnostic> Resolve() {
    for (const auto step : {&Resolver::SetGlobalScope, &Resolver::ResolveBases,
                            &Resolver::SetTarget, &Resolver::FindSources}) {
      if (MaybeError error = (this->*step)()) return *std::move(error);
    }
    if (MaybeError error = CheckCycles(graph_.stages, reads_)) {
      return *std::move(error);
    }
    MarkReachable(graph_);
    for (int i = 0; i < count(); ++i) CheckStage(i);
    return std::move(graph_);
  }

 private:
  using MaybeError = std::optional<Diagnostic>;

  int count() const { return static_cast<int>(file_.stages.size()); }

  MaybeError SetGlobalScope() {
    auto scope = ExpandGlobalArgs(file_, options_.scope);
    if (auto* error = std::get_if<Diagnostic>(&scope)) return *error;
    graph_.global_scope = std::get<std::vector<std::string>>(std::move(scope));
    const auto is_source = [this](const std::string& name) {
      return name == "context" || names_.NamedContext(name).has_value() ||
             names_.LastStage(absl::AsciiStrToLower(name)) >= 0;
    };
    return CheckEpoch(file_, options_.scope.build_args, graph_.global_scope,
                      is_source);
  }

  MaybeError ResolveBases() {
    for (int i = 0; i < count(); ++i) {
      auto stage = ResolveBase(file_, i, names_, graph_.global_scope,
                               options_.scope.build_platform);
      if (auto* error = std::get_if<Diagnostic>(&stage)) return *error;
      graph_.stages.push_back(std::get<ResolvedStage>(std::move(stage)));
    }
    return std::nullopt;
  }

  MaybeError SetTarget() {
    auto target = FindTarget(options_.scope.target, count(), names_);
    if (auto* error = std::get_if<Diagnostic>(&target)) return *error;
    graph_.target = std::get<int>(target);
    return std::nullopt;
  }

  MaybeError FindSources() {
    for (int i = 0; i < count(); ++i) {
      reads_.emplace_back();
      if (names_.IsReplaced(i)) continue;
      auto reads = FindReads(file_, i, graph_.stages[i].base, names_);
      if (auto* error = std::get_if<Diagnostic>(&reads)) return *error;
      reads_[i] = std::get<std::vector<StageRead>>(std::move(reads));
      for (const StageRead& read : reads_[i]) {
        graph_.stages[i].sources.push_back(read.source);
      }
    }
    return std::nullopt;
  }

  void CheckStage(int index) {
    if (names_.IsReplaced(index)) return;
    const Stage& stage = file_.stages[index];
    CheckImageName(graph_.stages[index].base, stage.from.lines, index);
    for (const StageRead& read : reads_[index]) {
      CheckImageName(read.source, read.lines, index);
    }
    CheckReads(index, stage.from.lines);
    for (const Instruction& instruction : stage.instructions) {
      CheckReads(index, instruction.lines);
      const absl::Status status =
          CheckInstruction(instruction, file_.directives.escape);
      if (status.ok()) continue;
      graph_.stages[index].instruction_errors.push_back(
          ErrorAt(instruction.lines, status.message()));
    }
  }

  void CheckImageName(const StageSource& source, LineRange lines, int index) {
    if (source.kind != StageSource::Kind::kImage) return;
    const absl::Status status = ParseNormalizedNamed(source.name).status();
    if (status.ok()) return;
    std::vector<std::string> names;
    for (int i = 0; i < index; ++i) names.push_back(graph_.stages[i].name);
    graph_.stages[index].name_errors.push_back(
        ErrorAt(lines, "failed to parse stage name ", GoQuote(source.name),
                ": ", status.message(),
                DidYouMean(source.name, names, /*case_sensitive=*/true)));
  }

  // Checks the reads on these lines.
  void CheckReads(int index, LineRange lines) {
    ResolvedStage& stage = graph_.stages[index];
    for (const StageRead& read : reads_[index]) {
      if (read.lines != lines) continue;
      if (MaybeError error = CheckRead(read, index, stage.name)) {
        stage.instruction_errors.push_back(*std::move(error));
      }
    }
  }

  const Dockerfile& file_;
  const StageOptions& options_;
  const StageNames names_;
  StageGraph graph_;
  std::vector<std::vector<StageRead>> reads_;  // of each stage
};

}  // namespace

std::variant<StageGraph, Diagnostic> ResolveStageGraph(
    const Dockerfile& dockerfile, const StageOptions& options) {
  return Resolver(dockerfile, options).Resolve();
}

}  // namespace rules_dockerfile
