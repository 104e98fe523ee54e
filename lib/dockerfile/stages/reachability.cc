#include "lib/dockerfile/stages/reachability.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/stages/stage_cycle.h"
#include "lib/dockerfile/stages/stage_graph.h"
#include "lib/dockerfile/stages/stage_names.h"
#include "lib/dockerfile/stages/stage_sources.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/values/suggest.h"

namespace rules_dockerfile {

std::variant<int, Diagnostic> FindTarget(const std::string& target, int count,
                                         const StageNames& names) {
  if (target.empty()) return count - 1;
  const int stage = names.LastStage(absl::AsciiStrToLower(target));
  if (stage >= 0) return stage;
  return Diagnostic{.message = absl::StrCat(
                        "target stage ", GoQuote(target), " could not be found",
                        DidYouMean(target, names.StageNamesInOrder(),
                                   /*case_sensitive=*/true))};
}

std::optional<Diagnostic> CheckCycles(
    const std::vector<ResolvedStage>& stages,
    const std::vector<std::vector<StageRead>>& reads) {
  std::vector<std::vector<StageEdge>> edges(reads.size());
  for (size_t i = 0; i < reads.size(); ++i) {
    for (const StageRead& read : reads[i]) {
      if (read.source.kind != StageSource::Kind::kStage) continue;
      edges[i].push_back({.lines = read.lines, .to = read.source.stage});
    }
  }
  std::optional<StageCycle> cycle = FindStageCycle(edges);
  if (!cycle) return std::nullopt;
  const std::string& name = stages[cycle->stage].name;
  return Diagnostic{
      .ranges = std::move(cycle->lines),
      .message = absl::StrCat(
          "circular dependency detected on stage: ",
          name.empty() ? absl::StrCat("stage-", cycle->stage) : name)};
}

void MarkReachable(StageGraph& graph) {
  std::vector<int> pending = {graph.target};
  while (!pending.empty()) {
    ResolvedStage& stage = graph.stages[pending.back()];
    pending.pop_back();
    if (stage.reachable) continue;
    stage.reachable = true;
    if (stage.base.kind == StageSource::Kind::kStage)
      pending.push_back(stage.base.stage);
    for (const StageSource& source : stage.sources) {
      if (source.kind == StageSource::Kind::kStage)
        pending.push_back(source.stage);
    }
  }
}

}  // namespace rules_dockerfile
