#ifndef LIB_PLAN_FROM_H_
#define LIB_PLAN_FROM_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/plan/evaluation.h"

namespace rules_dockerfile {

// The initial evaluation of a stage that is not built from another stage (such
// a stage starts with the final state of the other one, build arguments
// included). The steps have no history; they add a PATH if there is none and
// remove triggers, which run once (Dockerfile reference, "ONBUILD").

// Evaluates FROM an image with this OCI config. InvalidArgument if it is
// malformed.
absl::StatusOr<Evaluation> EvaluateFromImage(absl::string_view config_json,
                                             absl::string_view platform);

// Returns the triggers in an image's config. InvalidArgument if it is
// malformed.
absl::StatusOr<std::vector<std::string>> ImageTriggers(
    absl::string_view config_json);

// Evaluates FROM scratch.
Evaluation EvaluateFromScratch(absl::string_view platform);

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_FROM_H_
