#ifndef LIB_DOCKERFILE_STAGES_STAGE_SOURCES_H_
#define LIB_DOCKERFILE_STAGES_STAGE_SOURCES_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lib/dockerfile/stages/stage_graph.h"
#include "lib/dockerfile/stages/stage_names.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/line_range.h"

namespace rules_dockerfile {

// An instruction of a stage that reads another stage, image or context.
struct StageRead {
  LineRange lines;
  StageSource source;
  std::string written;                      // the name as written
  std::optional<std::string> mount_target;  // nullopt for COPY

  friend bool operator==(const StageRead&, const StageRead&) = default;
};

// What stage `index` of base `base` reads, in order: first the triggers of a
// base that is a stage, on the lines of FROM, then its instructions. The
// diagnostic is the frontend's, for --from with an index out of range or with
// a variable.
std::variant<std::vector<StageRead>, Diagnostic> FindReads(
    const Dockerfile& dockerfile, int index, const StageSource& base,
    const StageNames& names);

// The frontend's error if `read` in stage `index`, which messages call
// `stage_name`, reads that stage or a later one.
std::optional<Diagnostic> CheckRead(const StageRead& read, int index,
                                    const std::string& stage_name);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_STAGES_STAGE_SOURCES_H_
