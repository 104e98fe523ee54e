#ifndef LIB_DOCKERFILE_STAGES_STAGE_GRAPH_H_
#define LIB_DOCKERFILE_STAGES_STAGE_GRAPH_H_

#include <optional>
#include <string>
#include <vector>

#include "lib/dockerfile/stages/global_scope.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {

struct StageOptions {
  GlobalScopeOptions scope;
  // Names of other build contexts. Each replaces the stage or the image of
  // that name.
  std::vector<std::string> named_contexts;
};

// Where a stage begins, or what COPY --from and --mount from read.
struct StageSource {
  enum class Kind { kScratch, kStage, kImage, kContext };

  Kind kind = Kind::kScratch;
  int stage = -1;    // kStage: its index
  std::string name;  // kImage: the full reference; kContext: its name

  friend bool operator==(const StageSource&, const StageSource&) = default;
};

struct ResolvedStage {
  std::string name;  // as messages call it: "stage-1" without AS
  StageSource base;
  std::optional<Platform> platform;  // --platform
  // What its instructions and the ONBUILD triggers of its base stage read, in
  // order; names are not checked unless the stage is reachable.
  std::vector<StageSource> sources;
  bool reachable = false;  // the target needs it
  // Its errors if it is built: first the names of images, which are looked up
  // before anything is run; then, in order, the instructions.
  std::vector<Diagnostic> name_errors;
  std::vector<Diagnostic> instruction_errors;

  friend bool operator==(const ResolvedStage&, const ResolvedStage&) = default;
};

struct StageGraph {
  std::vector<ResolvedStage> stages;  // as in the Dockerfile
  int target = 0;
  std::vector<std::string> global_scope;  // ExpandGlobalArgs()

  friend bool operator==(const StageGraph&, const StageGraph&) = default;
};

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_STAGES_STAGE_GRAPH_H_
