#ifndef LIB_PLAN_STEP_H_
#define LIB_PLAN_STEP_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/plan/step_history.h"  // IWYU pragma: export
#include "nlohmann/json.hpp"

namespace rules_dockerfile {

// What one instruction adds to the image config: docs/design/0001_artifacts.md,
// "Step".
struct Step {
  std::optional<StepHistory> history;  // nullopt for FROM and ONBUILD
  nlohmann::ordered_json config = nlohmann::ordered_json::object();

  friend bool operator==(const Step&, const Step&) = default;
};

// Parse(ToJson(x)) == x. The comment is always "buildkit.dockerfile.v0".
std::string StepToJson(const Step& step);
absl::StatusOr<Step> ParseStep(absl::string_view json);

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_STEP_H_
