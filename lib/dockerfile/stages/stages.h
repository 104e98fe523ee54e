#ifndef LIB_DOCKERFILE_STAGES_STAGES_H_
#define LIB_DOCKERFILE_STAGES_STAGES_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lib/dockerfile/stages/global_scope.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {

struct StageOptions {
  GlobalScopeOptions scope;
  // Names that stand for another build context: of a stage, which they
  // replace, or of an image.
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
  // What is wrong with it if it is built: the names of images, which are looked
  // up before anything is run; then, in order, the instructions.
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

// Finds what each stage is made from and which stages the target needs
// (Dockerfile reference, "FROM", "COPY --from"). The diagnostic is the
// frontend's: a target or base that is not there, an index out of range, a
// circular dependency. A stage's own errors are a reference to a later stage
// and what CheckInstruction() finds.
std::variant<StageGraph, Diagnostic> ResolveStageGraph(
    const Dockerfile& dockerfile, const StageOptions& options);

// As ResolveStageGraph(), but the first error of a stage that the target needs
// is one of the whole.
std::variant<StageGraph, Diagnostic> ResolveStages(const Dockerfile& dockerfile,
                                                   const StageOptions& options);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_STAGES_STAGES_H_
