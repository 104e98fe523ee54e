#ifndef LIB_PLAN_FROM_H_
#define LIB_PLAN_FROM_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/plan/build_state.h"
#include "lib/plan/evaluation.h"

namespace rules_dockerfile {

// What a stage starts with. The steps have no history; they add a PATH where
// there is none and remove triggers, which run once (Dockerfile reference,
// "ONBUILD").

// FROM an image with this OCI config. InvalidArgument if it is malformed.
absl::StatusOr<Evaluation> EvaluateFromImage(absl::string_view config_json,
                                             absl::string_view platform);

// The triggers in an image's config. InvalidArgument if it is malformed.
absl::StatusOr<std::vector<std::string>> ImageTriggers(
    absl::string_view config_json);

// FROM scratch.
Evaluation EvaluateFromScratch(absl::string_view platform);

// FROM an earlier stage that ended in `parent`: all of its state is inherited,
// build arguments too.
Evaluation EvaluateFromStage(const BuildState& parent);

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_FROM_H_
