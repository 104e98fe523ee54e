#include "lib/dockerfile/stages/stage_cycle.h"

#include <cstddef>
#include <optional>
#include <vector>

#include "lib/dockerfile/syntax/line_range.h"

namespace rules_dockerfile {
namespace {

enum class Visit { kNever, kOnPath, kDone };

// A stage on the way, and the edge to follow next.
struct PathElement {
  int stage = 0;
  size_t next_edge = 0;
};

}  // namespace

std::optional<StageCycle> FindStageCycle(
    const std::vector<std::vector<StageEdge>>& edges) {
  std::vector<Visit> visits(edges.size(), Visit::kNever);
  for (size_t start = 0; start < edges.size(); ++start) {
    if (visits[start] != Visit::kNever) continue;
    std::vector<PathElement> path = {{.stage = static_cast<int>(start)}};
    visits[start] = Visit::kOnPath;
    while (!path.empty()) {
      PathElement& last = path.back();
      if (last.next_edge == edges[last.stage].size()) {
        visits[last.stage] = Visit::kDone;
        path.pop_back();
        continue;
      }
      const int to = edges[last.stage][last.next_edge++].to;
      if (visits[to] == Visit::kOnPath) {
        StageCycle cycle = {.stage = static_cast<int>(start)};
        for (const PathElement& element : path) {
          cycle.lines.push_back(
              edges[element.stage][element.next_edge - 1].lines);
        }
        return cycle;
      }
      if (visits[to] == Visit::kNever) {
        visits[to] = Visit::kOnPath;
        path.push_back({.stage = to});
      }
    }
  }
  return std::nullopt;
}

}  // namespace rules_dockerfile
