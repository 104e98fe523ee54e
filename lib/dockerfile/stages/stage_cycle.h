#ifndef LIB_DOCKERFILE_STAGES_STAGE_CYCLE_H_
#define LIB_DOCKERFILE_STAGES_STAGE_CYCLE_H_

#include <optional>
#include <vector>

#include "lib/dockerfile/syntax/line_range.h"

namespace rules_dockerfile {

// An instruction that reads another stage.
struct StageEdge {
  LineRange lines;
  int to = 0;

  friend bool operator==(const StageEdge&, const StageEdge&) = default;
};

struct StageCycle {
  int stage = 0;                 // where the search that found it began
  std::vector<LineRange> lines;  // from there to a stage that was met before

  friend bool operator==(const StageCycle&, const StageCycle&) = default;
};

// Returns the first cycle of the graph whose node i has the edges `edges[i]`.
std::optional<StageCycle> FindStageCycle(
    const std::vector<std::vector<StageEdge>>& edges);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_STAGES_STAGE_CYCLE_H_
